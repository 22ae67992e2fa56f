package group

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
)

// formFields are the fields of the form a group's page is edited with.
var formFields = []string{"name", "otherNames", "about", "writtenIn", "for", "forWords", "support", "supportWords", "form", "registers",
	"place", "area", "country", "online", "confidential", "languages", "access", "open", "welcome",
	"email", "phone", "website", "reach", "since", "audience", "published", "revision"}

// form is a group as its form shows it.
func (g *Group) form(l *i18n.Lang) url.Values {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return ""
	}
	var registers, spoken []string
	for _, r := range g.Registers {
		registers = append(registers, r.String())
	}
	for _, code := range g.Languages {
		spoken = append(spoken, l.Language(code))
	}
	since := ""
	if g.Since != 0 {
		since = strconv.Itoa(g.Since)
	}
	return url.Values{
		"name": {g.Name}, "otherNames": {strings.Join(g.OtherNames, "\n")}, "about": {g.About}, "writtenIn": {g.WrittenIn},
		"for": g.For, "forWords": {g.ForWords}, "support": g.Support, "supportWords": {g.SupportWords},
		"form": {g.Form}, "registers": {strings.Join(registers, "\n")},
		"place": {g.Place}, "area": {g.Area}, "country": {g.Country}, "online": {yes(g.Online)}, "confidential": {yes(g.Confidential)},
		"languages": {strings.Join(spoken, l.T("i18n.comma"))}, "access": {g.Access}, "open": {yes(g.Open)}, "welcome": {g.Welcome},
		"email": {g.Email}, "phone": {g.Phone}, "website": {g.Website}, "reach": {g.Reach}, "since": {since},
		"audience": {string(g.Audience)}, "published": {yes(g.Published)}, "revision": {strconv.Itoa(g.Revision)},
	}
}

// readChange reads the form back. What can't be read at all is among the
// problems; everything else is for Validate to say. Names of languages mean
// what they meant on the form: those of the group as it was, in the reader's
// words, before any other.
func readChange(f *ui.Form, was *Group, l *i18n.Lang, langs *i18n.Catalog) (Change, fault.Problems) {
	var p fault.Problems
	printed := map[string][]string{} // Twi and Fanti are both called Akan
	for _, code := range was.Languages {
		printed[l.Language(code)] = append(printed[l.Language(code)], code)
	}
	yes := func(name string) bool { return f.Get(name) == "yes" }
	c := Change{Audience: Audience(f.Get("audience")), Published: yes("published")}
	c.Details = Details{
		Name: f.Get("name"), OtherNames: strings.Split(f.Get("otherNames"), "\n"), About: f.Get("about"), WrittenIn: f.Get("writtenIn"),
		For: f.Values["for"], ForWords: f.Get("forWords"), Support: f.Values["support"], SupportWords: f.Get("supportWords"), Form: f.Get("form"),
		Place: f.Get("place"), Area: f.Get("area"), Country: f.Get("country"), Online: yes("online"), Confidential: yes("confidential"),
		Access: f.Get("access"), Open: yes("open"), Welcome: f.Get("welcome"),
		Email: f.Get("email"), Phone: f.Get("phone"), Website: f.Get("website"), Reach: f.Get("reach"),
	}
	for line := range strings.Lines(f.Get("registers")) {
		scheme, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		c.Registers = append(c.Registers, Register{scheme, strings.TrimSpace(id)})
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
			p.Add("languages", "group.no-language", "name", name)
		}
		c.Languages = append(c.Languages, code)
	}
	c.Languages = slices.DeleteFunc(c.Languages, func(s string) bool { return s == "" })
	var err error
	if s := i18n.Digits(strings.TrimSpace(f.Get("since"))); s != "" {
		if c.Since, err = strconv.Atoi(s); err != nil || c.Since == 0 {
			p.Add("since", "error.year")
		}
	}
	if c.Revision, err = strconv.Atoi(f.Get("revision")); err != nil {
		p.Add("", "group.changed-meanwhile")
	}
	return c, p
}
