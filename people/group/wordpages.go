package group

import (
	"net/url"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// newWord is the key under which a term that is not there yet is asked for.
const newWord = "new"

// wordFields are the fields of a term's form: what it is called, what it means
// and who uses it in each language.
var wordFields = []string{"kind", "hidden", "words-*", "means-*", "users-*"}

// showWords is /words: for everyone to read, with links to change them for the
// network team.
func (s *Service) showWords(r *web.Request) (*web.Answer, error) {
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Show(wordsView(r.Page, v, r.Viewer.May(editWords, "")))
}

func (s *Service) fillWord(r *web.Request) (map[string][]string, error) {
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	key := r.PathValue("key")
	if key == newWord {
		return url.Values{"kind": {kinds[0]}}, nil
	}
	t, ok := v.terms[key]
	if !ok {
		return nil, fault.Missing()
	}
	out := url.Values{"kind": {t.Kind}}
	if t.Hidden {
		out.Set("hidden", "yes")
	}
	for _, l := range s.langs.Spoken() {
		out.Set("words-"+l.Code, v.Say(l, key))
		out.Set("means-"+l.Code, v.Means(l, key))
		out.Set("users-"+l.Code, v.Users(l, key))
	}
	return out, nil
}

func (s *Service) showWord(r *web.Request, f *ui.Form) (templ.Component, error) {
	return wordView(r.Page, f, wordQuestions(s.langs), r.PathValue("key") == newWord), nil
}

// wordQuestions ask what a term is called, what it means and who uses it, in one
// language after the other, each asked in its own.
func wordQuestions(langs *i18n.Catalog) (out []ui.Field) {
	for _, l := range langs.Spoken() {
		out = append(out,
			ui.Field{Name: "words-" + l.Code, Label: l.Name, Max: maxTerm},
			ui.Field{Name: "means-" + l.Code, Label: l.T("group.words.means"), Max: maxWords, Rows: 3, Optional: true},
			ui.Field{Name: "users-" + l.Code, Label: l.T("group.words.users"), Max: maxWords, Rows: 3, Optional: true})
	}
	return out
}

func (s *Service) saveWord(r *web.Request, f *ui.Form) (web.Next, error) {
	t := Term{Key: r.PathValue("key"), Kind: f.Get("kind"), Words: map[string]string{}, Means: map[string]string{}, Users: map[string]string{}, Hidden: f.Get("hidden") == "yes"}
	for _, l := range s.langs.Spoken() {
		for name, says := range map[string]map[string]string{"words": t.Words, "means": t.Means, "users": t.Users} {
			about := "group." + name + "."
			if name == "words" {
				about = "group.for."
			}
			if w := f.Get(name + "-" + l.Code); w != house(l, about, t.Key) {
				says[l.Code] = w
			}
		}
	}
	save := s.ChangeTerm
	if t.Key == newWord {
		save = s.AddTerm
	}
	return web.Next{To: "/words", Done: "group.words.done"}, save(r.Context(), r.Viewer, t)
}
