package helpnow

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// formFields are the fields of the form a line is entered and edited with.
var formFields = []string{"country", "region", "name", "about", "writtenIn", "kind", "number", "hours", "always", "languages",
	"free", "cost", "bill", "traces", "sends", "revision"}

// triedFields are the fields of the form that says what came of trying a line.
var triedFields = []string{"works", "trouble", "revision", "tries"}

// form is a line as its form shows it.
func (l *Line) form(lang *i18n.Lang) url.Values {
	always := ""
	if l.Always {
		always = "yes"
	}
	return url.Values{
		"country": {l.Country}, "region": {l.Region}, "name": {l.Name}, "about": {l.About}, "writtenIn": {l.WrittenIn},
		"kind": {l.Kind}, "number": {l.Number}, "hours": {l.Hours}, "always": {always}, "languages": {spoken(lang, l.Languages)},
		"free": {string(l.Free)}, "cost": {l.Cost}, "bill": {string(l.Bill)}, "traces": {string(l.Traces)}, "sends": {string(l.Sends)},
		"revision": {strconv.Itoa(l.Revision)},
	}
}

// fresh is what stands in the form of a line that is not there yet: nothing is
// known of it.
func fresh(lang *i18n.Lang) url.Values {
	return url.Values{"kind": {call}, "writtenIn": {lang.Code}, "free": {string(Unknown)}, "bill": {string(Unknown)}, "traces": {string(Unknown)}, "sends": {string(Unknown)}}
}

// readDetails reads the form back. What can't be read at all is among the
// problems; everything else is for Validate to say. Names of languages mean what
// they meant on the form: those of the line as it was, before any other.
func readDetails(f *ui.Form, was []string, l *i18n.Lang, langs *i18n.Catalog) (Details, fault.Problems) {
	var p fault.Problems
	printed := map[string][]string{} // Twi and Fanti are both called Akan
	for _, code := range was {
		printed[l.Language(code)] = append(printed[l.Language(code)], code)
	}
	d := Details{
		Country: f.Get("country"), Region: f.Get("region"), Name: f.Get("name"), About: f.Get("about"), WrittenIn: f.Get("writtenIn"),
		Kind: f.Get("kind"), Number: f.Get("number"), Hours: f.Get("hours"), Always: f.Get("always") == "yes", Languages: []string{},
		Free: Answer(f.Get("free")), Cost: f.Get("cost"), Bill: Answer(f.Get("bill")), Traces: Answer(f.Get("traces")), Sends: Answer(f.Get("sends")),
	}
	for _, name := range strings.FieldsFunc(f.Get("languages"), func(r rune) bool { return strings.ContainsRune(",;،\n", r) }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		code := ""
		if codes := printed[name]; len(codes) > 0 {
			code, printed[name] = codes[0], codes[1:]
		} else {
			code = langs.Find(name)
		}
		if code == "" {
			p.Add("languages", "helpnow.no-language", "name", name)
			continue
		}
		d.Languages = append(d.Languages, code)
	}
	return d, p
}

// together are problems of reading and of checking, said at once.
func together(p fault.Problems, err error) error {
	if also := fault.Of(err); also != nil {
		if also.Kind != fault.Invalid {
			return err
		}
		p = append(p, also.Problems...)
	}
	return p.Err()
}

// The questions of the form, with the locale keys their names lead to.

func question(name string, max int) ui.Field {
	return ui.Field{Name: name, Label: "helpnow.field." + name, Max: max}
}

func optional(q ui.Field) ui.Field {
	q.Optional = true
	return q
}

func hinted(q ui.Field) ui.Field {
	q.Hint = q.Label + "-hint"
	return q
}

func tall(q ui.Field, rows int) ui.Field {
	q.Rows = rows
	return q
}

// asked is a question answered by yes, no, or not known.
func asked(p *ui.Page, name string) ui.Field {
	return choice(name, options(p, "helpnow.answer.", answers))
}

func choice(name string, options []ui.Option) ui.Field {
	q := question(name, 0)
	q.Options = options
	return q
}

// questions are those whose general problems the summary says with their names.
func questions() (out []ui.Field) {
	for _, name := range formFields {
		out = append(out, question(name, 0))
	}
	return out
}

func options(p *ui.Page, prefix string, values []string) (out []ui.Option) {
	for _, v := range values {
		out = append(out, ui.Option{Value: v, Text: p.T(prefix + v)})
	}
	return out
}

// siteLanguages are the languages words may be written in: those of the site,
// and the one they have.
func siteLanguages(p *ui.Page, f *ui.Form) (out []ui.Option) {
	for _, l := range p.Langs {
		out = append(out, ui.Option{Value: l.Code, Text: l.Name})
	}
	now := f.Get("writtenIn")
	if now != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == now }) {
		out = append(out, ui.Option{Value: now, Text: p.Language(now)})
	}
	return out
}

// spoken are languages in the reader's words.
func spoken(l *i18n.Lang, codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, l.Language(c))
	}
	return strings.Join(out, l.T("i18n.comma"))
}
