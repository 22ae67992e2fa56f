package group

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"withus.example/platform/i18n"
	"withus.example/platform/search"
)

// spelling finds the keys behind what people write in a spreadsheet: the words
// of the house in any of its languages do as well as the keys.
type spelling struct {
	langs *i18n.Catalog
	words map[string]map[string]string // column → folded words → key
}

func newSpelling(langs *i18n.Catalog, v *Vocabulary) *spelling {
	s := &spelling{langs, map[string]map[string]string{"for": {}, "support": {}, "form": {}, "country": {}}}
	// The first to claim some words keeps them: the list must come out the same
	// each time.
	add := func(column, words, key string) {
		if folded := search.SortKey(words); folded != "" && s.words[column][folded] == "" {
			s.words[column][folded] = key
		}
	}
	for _, t := range v.All() {
		for _, l := range langs.Langs {
			add("for", v.Say(l, t.Key), t.Key)
			add("for", t.Words[l.Code], t.Key)
		}
	}
	for _, word := range movements {
		add("form", word, "movement")
	}
	for _, l := range langs.Langs {
		for _, k := range supports {
			add("support", l.T("group.support."+k), k)
		}
		for _, k := range forms {
			add("form", l.T("group.form."+k), k)
		}
		for _, k := range i18n.Countries {
			add("country", l.Country(k), k)
		}
	}
	return s
}

// movements are what lists call a movement, besides what the house does.
var movements = []string{"movement", "network", "network of groups", "federation", "alliance", "movimiento", "red", "red de grupos", "federación",
	"mouvement", "réseau", "réseau de groupes", "fédération", "حركة", "شبكة", "شبكة مجموعات"}

// key is the one a column keeps for some words; the words themselves where
// there is none, for Validate to speak of.
func (s *spelling) key(column, text string) (string, bool) {
	text = strings.TrimSpace(text)
	switch column {
	case "country":
		if slices.Contains(i18n.Countries, strings.ToUpper(text)) {
			return strings.ToUpper(text), true
		}
	case "form", "support":
		if low := strings.ToLower(text); slices.Contains(forms, low) || slices.Contains(supports, low) {
			return low, true
		}
	case "languages", "written_in":
		if text != "" && i18n.Canonical(text) == text { // before any name: "mon" is Mongolian, "Mon" is not
			return text, true
		}
		if code := s.langs.Find(text); code != "" {
			return code, true
		}
		return text, false
	}
	if key := s.words[column][search.SortKey(text)]; key != "" {
		return key, true
	}
	return text, false
}

// cell is a cell as its column reads it.
func (s *spelling) cell(column, text string, has func(string) bool) string {
	switch column {
	case "country", "form", "written_in":
		text, _ = s.key(column, text)
	case "for", "support", "languages":
		var out []string
		for _, item := range split(strings.ReplaceAll(text, "\n", ";"), ";") {
			if column == "for" && has(item) {
				out = append(out, item)
				continue
			}
			key, ok := s.key(column, item)
			if ok || !strings.Contains(item, ",") {
				out = append(out, key)
				continue
			}
			for _, part := range split(item, ",") {
				if column != "for" || !has(part) {
					part, _ = s.key(column, part)
				}
				out = append(out, part)
			}
		}
		text = strings.Join(out, "; ")
	case "registers":
		text = strings.ToUpper(text)
	case "website":
		// As people write it. http is what every site answers to.
		if text = strings.TrimSpace(text); strings.Contains(text, ".") && !strings.ContainsAny(text, " :@/") || strings.HasPrefix(text, "www.") {
			text = "http://" + text
		}
	}
	return text
}

// Words that stay small inside a name, and some that look like words in
// capitals and are not.
var (
	smallWords = strings.Fields("a an and at by de des di du e el et for from in la las le les los of on or the to und van von with y")
	upperWords = strings.Fields("UK EU UN USA NI HIV AIDS LGBTQ LGBTQIA BAME BME OCD ADHD CIO SCIO CIC YMCA YWCA TV DJ")
	mixedWords = map[string]string{"LTD": "Ltd", "ST": "St", "DR": "Dr", "MR": "Mr", "MRS": "Mrs"}
)

// titled writes a name that is all in capitals as a title; any other it leaves.
// It can't know every abbreviation: words without a vowel stay as they are.
func titled(s string) string {
	if strings.ToUpper(s) != s || strings.ToLower(s) == s {
		return s
	}
	fields := strings.Fields(s)
	for i, w := range fields {
		begins := i == 0 || strings.HasSuffix(fields[i-1], ":") || fields[i-1] == "-" || fields[i-1] == "–"
		fields[i] = titledWord(w, begins)
	}
	return strings.Join(fields, " ")
}

// titledWord is titled for one word, which may have signs around it and
// hyphens in it.
func titledWord(w string, begins bool) string {
	var b strings.Builder
	for i := 0; i < len(w); {
		r, n := utf8.DecodeRuneInString(w[i:])
		if !unicode.In(r, unicode.L, unicode.N) {
			b.WriteString(w[i : i+n])
			i += n
			continue
		}
		end := i
		for end < len(w) {
			r, n := utf8.DecodeRuneInString(w[end:])
			if !unicode.In(r, unicode.L, unicode.M, unicode.N) && r != '\'' && r != '’' {
				break
			}
			end += n
		}
		// In DROP-IN the second word is small too; in (UK) or YWCA/YMCA each stands alone.
		small := !begins || i > 0 && w[i-1] == '-'
		b.WriteString(titledPart(w[i:end], small))
		begins = begins && b.Len() == 0
		i = end
	}
	return b.String()
}

func titledPart(w string, small bool) string {
	low := strings.ToLower(w)
	switch {
	case mixedWords[w] != "":
		return mixedWords[w]
	case slices.Contains(upperWords, w), abbreviation(w):
		return w
	case small && slices.Contains(smallWords, low):
		return low
	}
	out := []rune(low)
	digits := 0
	for digits < len(out) && unicode.IsDigit(out[digits]) {
		digits++
	}
	if digits > 0 && slices.Contains([]string{"st", "nd", "rd", "th"}, string(out[digits:])) {
		return low
	}
	for i, r := range out {
		if i == digits || i == 2 && (out[1] == '\'' || out[1] == '’') { // O'Brien, D'Arcy
			out[i] = unicode.ToTitle(r)
		}
	}
	return string(out)
}

// abbreviation: letters of the alphabet without a vowel among them, or mixed
// with digits (BS13, U3A).
func abbreviation(w string) bool {
	letters, digits := strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "", false
	if !letters && len(w) <= 5 && w[0] >= 'A' && w[0] <= 'Z' {
		digits = strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	}
	return digits || letters && !strings.ContainsAny(w, "AEIOUY")
}

// shown is text of a list as a terminal may show it: on one line, without what
// would steer it, and no longer than most.
func shown(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}
