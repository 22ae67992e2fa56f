package page

import (
	"net/url"
	"unicode/utf8"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

func (s *Service) movedPages() []web.Route {
	return []web.Route{
		web.FormAt("/old-addresses", edit, web.Form{Fields: []string{"list", "file", "step"}, Files: []string{"file"}, Show: s.showMoved, Save: s.saveMoved}).Reads("after"),
		web.Do("/old-addresses/remove", edit, s.saveRemove, "old"),
	}
}

// keepStep is what the button says that keeps what was looked through.
const keepStep = "keep"

// perPage is how many old addresses a page shows.
const perPage = 100

func (s *Service) showMoved(r *web.Request, f *ui.Form) (templ.Component, error) {
	ms, err := s.Addresses(r.Context(), r.Viewer, r.Page.Query.Get("after"), perPage+1)
	if err != nil {
		return nil, err
	}
	older := ""
	if len(ms) > perPage {
		ms = ms[:perPage]
		older = "/old-addresses?" + url.Values{"after": {ms[perPage-1].Old}}.Encode()
	}
	var lines []Line
	if f.Get("list") != "" && len(f.Problems) == 0 {
		now, err := moved(r.Context(), s.db, mostMoved)
		if err != nil {
			return nil, err
		}
		lines = s.ReadMoved(f.Get("list"), now)
	}
	return movedView(r.Page, f, ms, lines, older), nil
}

// saveMoved takes a list: first to look it through, then to keep what is right
// of it.
func (s *Service) saveMoved(r *web.Request, f *ui.Form) (web.Next, error) {
	if file := f.Files["file"]; len(file) > 0 {
		if !utf8.Valid(file) {
			return web.Next{}, fault.Wrong("file", "page.moved.not-text")
		}
		f.Values.Set("list", string(file))
		f.Values.Set("step", "")
	}
	switch list := f.Get("list"); {
	case list == "":
		return web.Next{}, fault.Wrong("list", "error.missing")
	case len(list) > mostListed:
		f.Values.Del("step")
		return web.Next{}, fault.Wrong("list", "page.moved.too-long")
	case f.Get("step") != keepStep:
		return web.Next{Look: true}, nil
	default:
		_, err := s.SaveMoved(r.Context(), r.Viewer, list)
		return web.Next{To: "/old-addresses", Done: "page.moved.done"}, err
	}
}

func (s *Service) saveRemove(r *web.Request, f *ui.Form) (web.Next, error) {
	if len(f.Values["old"]) == 0 {
		return web.Next{To: "/old-addresses"}, nil
	}
	return web.Next{To: "/old-addresses", Done: "page.removed.done"}, s.DropMoved(r.Context(), r.Viewer, f.Values["old"])
}
