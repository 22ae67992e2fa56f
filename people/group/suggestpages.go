package group

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/record"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// suggestLimit is how often one client may say that something is out of date.
var suggestLimit = web.Limit{Name: "group.suggest", Most: 10, Per: time.Hour}

// tokenField holds, while one page is drawn, what takes a suggestion back: it is
// shown in the answer alone, and stands in no address and no table.
const tokenField = "token"

func backPath(token string) string { return "/groups-suggested/" + url.PathEscape(token) }

// ownSuggested is where somebody takes back what they suggested as one of theirs.
const ownSuggested = "/groups-suggested"

// said is a suggestion as it stands on a page, with the key of its form: each is
// decided by itself.
type said struct {
	record.Suggestion
	key string
	by  string // what its author is called, as far as the viewer may know
}

// said are the suggestions about a group, for whoever may edit it.
func (s *Service) said(r *web.Request, g *Group) (out []said, err error) {
	all, err := record.Suggestions(r.Context(), s.db, "group", []string{g.ID})
	if err != nil {
		return nil, err
	}
	return s.toDecide(r, all)
}

func (s *Service) toDecide(r *web.Request, all []record.Suggestion) (out []said, err error) {
	var authors []string
	for _, x := range all {
		if x.Author != "" {
			authors = append(authors, x.Author)
		}
	}
	names, err := s.people.Names(r.Context(), r.Viewer, authors)
	for _, x := range all {
		out = append(out, said{x, r.FormKey(), names[x.Author]})
	}
	return out, err
}

func (s *Service) showSuggest(r *web.Request, f *ui.Form) (templ.Component, error) {
	g, err := s.Read(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	if token := f.Get(tokenField); token != "" {
		return suggestedView(r.Page, f, backPath(token), r.FormKey()), nil
	}
	var voices []kit.Voice
	if r.Viewer.In() {
		voices, err = s.speakers.Voices(r.Context(), r.Viewer)
	}
	return suggestView(r.Page, f, g, voices), err
}

func (s *Service) saveSuggest(r *web.Request, f *ui.Form) (web.Next, error) {
	g, err := s.Read(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	if err := suggestLimit.Take(r.Context(), s.db, r.Client(), time.Now()); err != nil {
		return web.Next{}, err
	}
	as := f.Get("as")
	if !r.Viewer.In() {
		as = kit.Anonymous
	}
	token, err := s.Suggest(r.Context(), r.Viewer, g.Slug, f.Get("field"), f.Get("words"), as)
	if err != nil {
		return web.Next{}, err
	}
	if token == "" {
		return web.Next{To: kit.Voices, Done: "group.suggest.done"}, nil
	}
	f.Values = url.Values{tokenField: {token}}
	return web.Next{Look: true, Again: g.Path()}, nil
}

// showSuggested is where a suggestion can be taken back: by its token alone,
// whatever has become of the group's page since.
func (s *Service) showSuggested(r *web.Request, f *ui.Form) (templ.Component, error) {
	if waits, err := record.Waits(r.Context(), s.db, id.Hash(r.PathValue("token"))); err != nil {
		return nil, err
	} else if !waits {
		return nil, fault.Missing()
	}
	return suggestedView(r.Page, f, "", f.Key), nil
}

func (s *Service) saveTakeBack(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/groups", Done: "group.suggest.back.done"}, s.TakeBack(r.Context(), r.PathValue("token"))
}

func (s *Service) saveTakeBackOwn(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: kit.Voices, Done: "group.suggest.back.done"}, s.TakeBackOwn(r.Context(), r.Viewer, f.Get("said"))
}

func (s *Service) saveDecide(r *web.Request, f *ui.Form) (web.Next, error) {
	g, err := s.Decide(r.Context(), r.Viewer, r.PathValue("slug"), f.Get("suggestion"), f.Get("take") == "yes")
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.suggest.decide.done"}, nil
}

func (s *Service) saveStillRight(r *web.Request, _ *ui.Form) (web.Next, error) {
	g, err := s.StillRight(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return web.Next{}, err
	}
	return web.Next{To: g.Path(), Done: "group.still-right.done"}, nil
}
