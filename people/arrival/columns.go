package arrival

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/list"
)

// Choices are what the team says of a list.
type Choices struct {
	Kind    string   `json:"kind"` // of those of whom the list does not say it
	Columns []Column `json:"columns"`
}

// Column is what one column of a list is, and which of its words mean it. The
// words are as fold leaves them; anyWord stands for whatever stands there.
type Column struct {
	Is    string   `json:"is"` // one of facts or marks, or a purpose; empty: left out
	Means []string `json:"means,omitempty"`
	Back  []string `json:"back,omitempty"`  // of isStop: the words of it that mean that letters came back
	First string   `json:"first,omitempty"` // of isSince: dayFirst or monthFirst; empty: nobody has to know
	Asks  bool     `json:"asks,omitempty"`  // of isSince: the list does not say it, and the team has to
}

// anyWord is any word but none.
const anyWord = "*"

// What a column may be. A fact is said by its words as they stand, in one column;
// of a mark the team says which words mean it, and several columns may have it.
const (
	isEmail   = "email"
	isName    = "name"
	isKind    = "kind" // its words mean: supporter
	isLang    = "language"
	isCountry = "country"
	isSince   = "since"
	isOld     = "id"
	isStop    = "stop"   // no letters, please
	isBounced = "bounce" // letters come back
)

var facts, marks = []string{isEmail, isOld, isSince, isLang, isCountry, isName}, []string{isKind, isStop, isBounced}

// marked says whether the team has to say which words of a column mean it.
func (c Column) marked() bool { return c.Is != "" && !slices.Contains(facts, c.Is) }

// asked says whether there is something to say of a column once it is known what it is.
func (c Column) asked() bool { return c.marked() || c.Asks }

// cameBack says whether a word of a column about letters means that they came back, and
// not that somebody wants none: what is said of the word itself goes before what is
// said of any.
func (c Column) cameBack(word string) bool {
	word = fold(word)
	return c.Is == isBounced && c.says(word) || slices.Contains(c.Back, word) && !slices.Contains(c.Means, word)
}

// says whether a word means it.
func (c Column) says(word string) bool {
	word = fold(word)
	return word != "" && (slices.Contains(c.Means, word) || slices.Contains(c.Means, anyWord))
}

// fold is what is compared of a word: a long one is cut, and all of it stands behind
// that as a hash.
func fold(s string) string {
	s = strings.ToLower(list.Shown(s, math.MaxInt))
	if cut := list.Shown(s, wordShown); cut != s {
		return cut + id.Hash(s)
	}
	return s
}

// wordShown is how much of a word is shown.
const wordShown = 60

// check says what is wrong with what was said of a list of n columns.
func (s *Service) check(c Choices, n int) error {
	var p fault.Problems
	p.Choice("kind", c.Kind, "member", "supporter")
	if len(c.Columns) != n {
		p.Add("", "error.choice")
	}
	count := map[string]int{}
	for i, x := range c.Columns {
		purpose := slices.Contains(s.purposes(), x.Is)
		switch {
		case x.Is != "" && !purpose && !slices.Contains(facts, x.Is) && !slices.Contains(marks, x.Is):
			p.Add(columnField(i), "error.choice")
		case !x.marked() && x.Is != "" && count[x.Is] > 0:
			p.Add(columnField(i), "arrival.columns.twice")
		}
		count[x.Is]++
	}
	if len(p) == 0 && count[isEmail] == 0 {
		p.Add(columnField(0), "arrival.columns.email")
	}
	return p.Err()
}

// columnField is the field of the form about a column; 0 is the first.
func columnField(i int) string { return "column-" + strconv.Itoa(i+1) }

// purposes are the keys of what people are asked to agree to.
func (s *Service) purposes() (out []string) {
	for _, p := range s.consents.Asked() {
		out = append(out, p.Key)
	}
	return out
}

// called are headers as CiviCRM, Mailchimp, Airtable and people write them, folded
// as list.Fold does. A name is not among them: whether a civil name comes along,
// the team says.
var called = map[string]string{
	"email": isEmail, "emailaddress": isEmail, "mail": isEmail, "primaryemail": isEmail, "correo": isEmail, "correoelectrónico": isEmail, "courriel": isEmail, "adresseemail": isEmail, "البريدالإلكتروني": isEmail,
	"kind": isKind, "membershiptype": isKind, "membertype": isKind, "type": isKind, "tipo": isKind,
	"language": isLang, "preferredlanguage": isLang, "lang": isLang, "idioma": isLang, "langue": isLang, "اللغة": isLang,
	"country": isCountry, "countrycode": isCountry, "país": isCountry, "pays": isCountry, "البلد": isCountry,
	"membersince": isSince, "since": isSince, "joined": isSince, "joindate": isSince, "membershipstartdate": isSince, "desde": isSince, "depuis": isSince,
	"contactid": isOld, "externalidentifier": isOld, "id": isOld, "memberid": isOld, "recordid": isOld, "leid": isOld,
	"donotemail": isStop, "nobulkemails(useroptout)": isStop, "nobulkemails": isStop, "optout": isStop, "unsubscribed": isStop, "unsubtime": isStop, "status": isStop, "emailstatus": isStop, "donotcontact": isStop,
	"cleantime": isBounced, "onhold": isBounced, "bounced": isBounced, "bounces": isBounced,
}

// guess says what the columns of a list may be, by their headers.
func (s *Service) guess(head *list.Head) Choices {
	out, taken := Choices{Kind: "member", Columns: make([]Column, len(head.Columns))}, map[string]bool{}
	known := map[string]string{}
	for _, key := range s.purposes() {
		for _, l := range s.langs.Langs {
			known[list.Fold(l.T(key))] = key
		}
	}
	for i, c := range head.Columns {
		is := called[list.Fold(c.Header)]
		if is == "" {
			is = known[list.Fold(c.Header)]
		}
		if col := (Column{Is: is}); is != "" && (col.marked() || !taken[is]) {
			out.Columns[i], taken[is] = col, true
		}
	}
	return out
}

// Words that mean a mark, as far as one can know.
var (
	yesWords  = strings.Fields("yes y true 1 x ✓ ☑ checked oui sí si نعم agreed subscribed opt-in")
	stopWords = append(slices.Clone(yesWords[:11]), "unsubscribed", "opt-out", "opted out", "do not email", "archived")
	backWords = strings.Fields("cleaned bounced hard-bounced hard-bounce undeliverable")
	kindWords = strings.Fields("support friend ally simpat apoyo soutien داعم مساند")
)

// mostWords is how many words of a column are offered.
const mostWords = 20

// words are the different words in each column that is a mark, whether it has more
// than these, and a guess at which of them mean it.
func (s *Service) words(l *List) (words [][]string, more []bool, guess []Column, err error) {
	words, guess = make([][]string, len(l.Choices.Columns)), slices.Clone(l.Choices.Columns)
	src, err := open(l)
	if err != nil {
		return nil, nil, nil, err
	}
	more = make([]bool, len(words))
	for range mostRows {
		r, err := src.Next()
		if err != nil {
			break // what can't be read is said when the list is looked through
		}
		for i, c := range l.Choices.Columns {
			if !c.marked() || r.Wrong.Key != "" {
				continue
			}
			if w := fold(r.Cells[i]); w != "" && !slices.Contains(words[i], w) {
				if len(words[i]) == mostWords {
					more[i] = true
				} else {
					words[i] = append(words[i], w)
				}
			}
		}
	}
	for i := range guess {
		g := &guess[i]
		if !g.marked() {
			continue
		}
		fresh := len(g.Means) == 0
		for _, w := range words[i] {
			if fresh && g.means(w) {
				g.Means = append(g.Means, w)
			}
			if g.Is == isStop && l.State != checked && slices.Contains(backWords, w) && !slices.Contains(g.Means, w) {
				g.Back = append(g.Back, w)
			}
		}
		if fresh && (g.Is == isStop || g.Is == isBounced) && (more[i] || len(g.Means) == 0 && len(words[i]) > 0 && strings.ContainsAny(words[i][0], "0123456789")) {
			g.Means = []string{anyWord} // the time at which they unsubscribed, or why
		}
		words[i] = append(words[i], anyWord)
	}
	return words, more, guess, nil
}

// means guesses whether a word means what a column is.
func (c Column) means(word string) bool {
	switch c.Is {
	case isKind:
		return slices.ContainsFunc(kindWords, func(k string) bool { return strings.Contains(word, k) })
	case isBounced:
		return slices.Contains(stopWords, word) || slices.Contains(backWords, word)
	case isStop:
		return slices.Contains(stopWords, word)
	}
	return slices.Contains(yesWords, word)
}

// country is the code of a country by that code, or by its name in one of the
// house's languages; empty: none.
func (s *Service) country(name string) string {
	if up := strings.ToUpper(name); slices.Contains(i18n.Countries, up) {
		return up
	}
	for _, l := range s.langs.Langs {
		for _, code := range i18n.Countries {
			if strings.EqualFold(l.Country(code), name) {
				return code
			}
		}
	}
	return ""
}
