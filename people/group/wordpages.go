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

// wordFields are the fields of a term's form: its words in each language.
var wordFields = []string{"kind", "hidden", "words-*"}

func (s *Service) showWords(r *web.Request) (*web.Answer, error) {
	v, err := s.Vocabulary(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Show(wordsView(r.Page, v))
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
	}
	return out, nil
}

func (s *Service) showWord(r *web.Request, f *ui.Form) (templ.Component, error) {
	return wordView(r.Page, f, wordQuestions(s.langs), r.PathValue("key") == newWord), nil
}

// wordQuestions ask for a term's words, each question in the language's own name
// for itself.
func wordQuestions(langs *i18n.Catalog) (out []ui.Field) {
	for _, l := range langs.Spoken() {
		out = append(out, ui.Field{Name: "words-" + l.Code, Label: l.Name, Max: maxTerm})
	}
	return out
}

func (s *Service) saveWord(r *web.Request, f *ui.Form) (web.Next, error) {
	t := Term{Key: r.PathValue("key"), Kind: f.Get("kind"), Words: map[string]string{}, Hidden: f.Get("hidden") == "yes"}
	for _, l := range s.langs.Spoken() {
		if w := f.Get("words-" + l.Code); w != house(l, t.Key) {
			t.Words[l.Code] = w
		}
	}
	save := s.ChangeTerm
	if t.Key == newWord {
		save = s.AddTerm
	}
	return web.Next{To: "/group-words", Done: "group.words.done"}, save(r.Context(), r.Viewer, t)
}
