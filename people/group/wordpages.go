package group

import (
	"net/url"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// newWord is the key under which a term that is not there yet is asked for.
const newWord = "new"

func (s *Service) wordFields() []string {
	out := []string{"key", "kind", "hidden"}
	for _, l := range s.langs.Langs {
		out = append(out, "words-"+l.Code)
	}
	return out
}

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
	out := url.Values{"key": {key}, "kind": {t.Kind}}
	if t.Hidden {
		out.Set("hidden", "yes")
	}
	for _, l := range s.langs.Langs {
		out.Set("words-"+l.Code, v.Say(l, key))
	}
	return out, nil
}

func (s *Service) showWord(r *web.Request, f *ui.Form) (templ.Component, error) {
	return wordView(r.Page, f, r.PathValue("key") == newWord), nil
}

func (s *Service) saveWord(r *web.Request, f *ui.Form) (web.Next, error) {
	t := Term{Key: r.PathValue("key"), Kind: f.Get("kind"), Words: map[string]string{}, Hidden: f.Get("hidden") == "yes"}
	if t.Key == newWord {
		t.Key = f.Get("words-" + s.langs.Langs[0].Code)
	}
	for _, l := range s.langs.Langs {
		if w := f.Get("words-" + l.Code); w != house(l, t.Key) {
			t.Words[l.Code] = w
		}
	}
	return web.Next{To: "/group-words", Done: "group.words.done"}, s.SetTerm(r.Context(), r.Viewer, t)
}
