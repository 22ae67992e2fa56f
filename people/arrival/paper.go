package arrival

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Which form somebody signed: the one that is printed here, or another, whose words
// the team types in.
const (
	ourForm   = "ours"
	otherForm = "other"
)

const mostSigned = 4000 // characters of what somebody signed

// Paper is what stands on a form that somebody signed.
type Paper struct {
	Email, Name, Kind, Lang, Country, Own, Day string
	Does                                       []string

	Yes      []string // purposes they signed for
	None     bool     // nothing on it is agreed to; said, so that nobody forgets to look
	Form     string   // ourForm or otherForm
	FormLang string
	Words    map[string]string // of another form, by purpose
}

// checkPaper cleans what stands on a form, and says what is wrong with it.
func (s *Service) checkPaper(x *Paper) (day time.Time, err error) {
	var p fault.Problems
	p.Email("email", &x.Email, fault.Required)
	x.Email = strings.ToLower(x.Email)
	p.Line("name", &x.Name, 60, fault.Optional)
	p.Choice("kind", x.Kind, "member", "supporter")
	if s.langs.Get(x.Lang) == nil {
		p.Add("lang", "error.choice")
	}
	if x.Country != "" && s.country(x.Country) != x.Country {
		p.Add("country", "error.choice")
	}
	day, err = time.Parse(time.DateOnly, x.Day)
	if err != nil || day.After(s.now()) || day.Year() < 1900 {
		p.Add("day", "arrival.paper.day-wrong")
	}
	for _, key := range x.Yes {
		p.Choice("yes", key, s.purposes()...)
	}
	switch {
	case len(x.Yes) == 0 && !x.None:
		p.Add("yes", "arrival.paper.yes-missing")
	case len(x.Yes) > 0 && x.None:
		p.Add("yes", "arrival.paper.yes-both")
	case len(x.Yes) > 0:
		p.Choice("form", x.Form, ourForm, otherForm)
		if s.langs.Get(x.FormLang) == nil {
			p.Add("form-lang", "error.choice")
		}
	}
	// What somebody says of themselves is often about health: nothing but their yes lets
	// us keep it. How to reach them and what to call them is for asking.
	if said := len(x.Yes) > 0 || x.None; said && !s.rests(x.Yes) {
		if len(x.Does) > 0 {
			p.Add("does", "arrival.paper.unsigned-does")
		}
		if strings.TrimSpace(x.Own) != "" {
			p.Add("own", "arrival.paper.unsigned-own")
		}
	}
	for i, key := range s.purposes() {
		words := x.Words[key]
		if p.Text(wordsField(i), &words, mostSigned, x.Form == otherForm && slices.Contains(x.Yes, key)); words == "" {
			continue
		}
		if x.Form != otherForm || !slices.Contains(x.Yes, key) {
			p.Add(wordsField(i), "arrival.paper.words-idle")
		}
		x.Words[key] = words
	}
	return day, p.Err()
}

// Sign enters somebody who signed a form on paper. An address that has an account
// is a Conflict.
func (s *Service) Sign(ctx context.Context, v *access.Viewer, x Paper) error {
	if err := v.Need(bringing, ""); err != nil {
		return err
	}
	day, err := s.checkPaper(&x)
	if err != nil {
		return err
	}
	r := row{came: Newcomer{Email: x.Email, Kind: x.Kind, Lang: x.Lang, Country: x.Country, Does: x.Does, Own: x.Own, Since: day}, carried: Carried{Name: x.Name, Since: true}, state: waiting}
	for _, key := range x.Yes {
		r.said = append(r.said, Said{Purpose: key, Given: true, Words: x.Words[key], Lang: x.FormLang, Way: byPaper, At: day})
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		have, err := s.people.Have(ctx, tx, []string{x.Email})
		if err == nil && have[x.Email] != "" {
			err = &fault.Error{Kind: fault.Conflict, Problems: []fault.Problem{{Field: "email", Key: "arrival.paper.taken"}}}
		}
		if err != nil {
			return err
		}
		return s.enter(ctx, tx, "", r)
	})
}

// wordsField is the field of the form about the words that somebody signed; 0 is the
// first purpose.
func wordsField(i int) string { return "words-" + strconv.Itoa(i+1) }

// paperForm are the questions about a form on paper: what the printed one asks, as far
// as it is typed in, and which words were signed.
type paperForm struct {
	email, name, kind, does, own, country, lang, day, yes, form, formLang ui.Field

	words []ui.Field
}

func (q *paperForm) all() []ui.Field {
	return append([]ui.Field{q.email, q.name, q.kind, q.does, q.own, q.country, q.lang, q.day, q.yes, q.form, q.formLang}, q.words...)
}

func (s *Service) paperForm(p *ui.Page) *paperForm {
	q := &paperForm{
		email: ui.Field{Name: "email", Label: "arrival.email", Hint: "arrival.paper.email-hint", Type: "email"},
		kind:  kindField(p, "arrival.kind"), country: countryField(p), lang: langField(p),
		day: ui.Field{Name: "day", Label: "arrival.paper.day", Hint: "arrival.paper.day-hint", Short: true},
		yes: s.yesField(p, "arrival.paper.yes", "", nil),
		form: ui.Field{Name: "form", Label: "arrival.paper.form", Options: []ui.Option{
			{Value: ourForm, Text: p.T("arrival.paper.form.ours"), Hint: p.T("arrival.paper.form.ours-hint")},
			{Value: otherForm, Text: p.T("arrival.paper.form.other"), Hint: p.T("arrival.paper.form.other-hint")}}},
	}
	q.name, q.does, q.own = s.people.AskedOnPaper(p)
	q.name.Hint, q.name.Complete, q.does.Hint = "arrival.paper.name-hint", "off", ""
	q.yes.Options = append(q.yes.Options, ui.Option{Value: none, Text: p.T("arrival.paper.yes-none")})
	q.formLang = q.lang
	q.formLang.Name, q.formLang.Label = "form-lang", "arrival.paper.form-lang"
	for i, key := range s.purposes() {
		q.words = append(q.words, ui.Field{Name: wordsField(i), Label: p.T("arrival.paper.words", "what", p.T(key)), Rows: 3, Max: mostSigned})
	}
	return q
}

func (s *Service) showPaper(r *web.Request, f *ui.Form) (templ.Component, error) {
	return paperView(r.Page, f, s.paperForm(r.Page)), nil
}

func (s *Service) savePaper(r *web.Request, f *ui.Form) (web.Next, error) {
	x := Paper{Email: f.Get("email"), Name: f.Get("name"), Kind: f.Get("kind"), Does: f.Values["does"], Own: f.Get("own"), Lang: f.Get("lang"), Country: f.Get("country"),
		Day: strings.TrimSpace(f.Get("day")), None: f.Has("yes", none), Form: f.Get("form"), FormLang: f.Get("form-lang"), Words: map[string]string{}}
	x.Yes = slices.DeleteFunc(slices.Clone(f.Values["yes"]), func(key string) bool { return key == none })
	for i, key := range s.purposes() {
		x.Words[key] = f.Get(wordsField(i))
	}
	return web.Next{To: deskPath, Done: "arrival.paper.done"}, s.Sign(r.Context(), r.Viewer, x)
}
