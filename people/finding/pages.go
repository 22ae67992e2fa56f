package finding

import (
	"errors"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	publicPath  = "/finding-out"
	minePath    = "/you/found-out"
	deskPath    = "/desk/finding-out"
	newPath     = deskPath + "/new"
	groundsPath = deskPath + "/grounds"
)

func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get(publicPath, read, s.showPublic).Kept(room),
		web.Get(minePath, mine, s.showMine),
		web.Get(deskPath, asking, s.showDesk).Reads("after"),
		web.FormAt(newPath, asking, web.Form{Fields: []string{"words", "place", "name", "ground", "reason", "danger", "day"}, Fill: s.fillFresh, Show: s.showNew, Save: s.saveNew}),
		web.FormAt(groundsPath, setting, web.Form{Fields: []string{"on"}, Fill: s.fillGrounds, Show: s.showGrounds, Save: s.saveGrounds}),
		web.FormAt(deskPath+"/{id}", asking, web.Form{Fields: []string{"what", "danger", "words"}, Fill: s.fillFresh, Show: s.showOne, Save: s.saveOne}),
	}
}

func (s *Service) showPublic(r *web.Request) (*web.Answer, error) {
	all, err := s.Grounds(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	c, err := s.counts.Get(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	return web.Show(publicView(r.Page, all, often(c.found), r.Viewer.May(asking, "")))
}

func (s *Service) showMine(r *web.Request) (*web.Answer, error) {
	all, days, err := s.Told(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(mineView(r.Page, all, days))
}

func (s *Service) showDesk(r *web.Request) (*web.Answer, error) {
	all, more, err := s.Wishes(r.Context(), r.Viewer, r.Page.Query.Get("after"))
	if err != nil {
		return nil, err
	}
	next := ""
	if more {
		next = deskPath + "?after=" + url.QueryEscape(all[len(all)-1].ID)
	}
	return web.Show(deskView(r.Page, all, next, r.Viewer.May(setting, "")))
}

// fillFresh opens a form to whoever has signed in lately: a browser that somebody
// left open finds nobody out.
func (s *Service) fillFresh(r *web.Request) (map[string][]string, error) {
	return url.Values{}, s.doors.Fresh(r, r.URL.Path)
}

// fresh says so to whoever sends a form too late. Their words come back, and can
// be sent once they have signed in beside it.
func (s *Service) fresh(r *web.Request) error {
	if s.doors.Fresh(r, r.URL.Path) != nil {
		return fault.New(fault.Conflict, "finding.sign-in")
	}
	return nil
}

func (s *Service) showNew(r *web.Request, f *ui.Form) (templ.Component, error) {
	all, err1 := s.Grounds(r.Context(), s.db)
	day, early, err2 := s.Early(r.Context(), r.Viewer)
	return newView(r.Page, f, all, earlyNote(r.Page, f, day, early)), errors.Join(err1, err2)
}

func (s *Service) saveNew(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.fresh(r); err != nil {
		return web.Next{}, err
	}
	wish, err := s.Ask(r.Context(), r.Viewer, Ask{Words: f.Get("words"), Place: f.Get("place"), Name: f.Get("name"), Ground: f.Get("ground"), Reason: f.Get("reason"), Danger: f.Get("danger"), Day: f.Get("day")})
	return web.Next{To: deskPath + "/" + wish, Done: "finding.asked.done"}, err
}

func (s *Service) fillGrounds(r *web.Request) (map[string][]string, error) {
	all, err := s.Grounds(r.Context(), s.db)
	out := url.Values{}
	for _, g := range all {
		if g.On() {
			out.Add("on", g.Key)
		}
	}
	return out, err
}

func (s *Service) showGrounds(r *web.Request, f *ui.Form) (templ.Component, error) {
	all, err := s.Grounds(r.Context(), s.db)
	return groundsView(r.Page, f, all), err
}

func (s *Service) saveGrounds(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: deskPath, Done: "finding.grounds.done"}, s.Publish(r.Context(), r.Viewer, f.Values["on"])
}

func (s *Service) showOne(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := s.Wish(r.Context(), r.Viewer, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	who := ""
	if x.Sees(s.now()) && s.fresh(r) == nil {
		who, err = s.Who(r.Context(), r.Viewer, x.ID)
		if fault.Is(err, fault.NotFound) {
			err = nil // erased just now
		}
	}
	day, early, err2 := s.Early(r.Context(), r.Viewer)
	return oneView(r.Page, f, x, who, earlyNote(r.Page, f, day, early)), errors.Join(err, err2)
}

func (s *Service) saveOne(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.fresh(r); err != nil {
		return web.Next{}, err
	}
	id := r.PathValue("id")
	return web.Next{To: deskPath + "/" + id, Done: "finding.decided.done"}, s.Decide(r.Context(), r.Viewer, id, Answer{f.Get("what"), f.Get("words"), f.Get("danger")})
}

// you leads to what there is to read, and whoever looks after the network to what
// waits.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	c, err := s.counts.Get(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	told, works := c.told[r.Viewer.Member], r.Viewer.May(asking, "")
	if told == 0 && !works {
		return nil, nil
	}
	return youPart(r.Page, told, works, s.waits(r, c)), nil
}

// desk says how many wait for a second one.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	c, err := s.counts.Get(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	return deskPart(r.Page, s.waits(r, c)), nil
}

// waits is how many the viewer sees waiting.
func (s *Service) waits(r *web.Request, c *counts) (n int) {
	for member, of := range c.waiting {
		if member != r.Viewer.Member {
			n += of
		}
	}
	return n
}

// inside says whether a place is the address of a page here.
func inside(place string) bool {
	return strings.HasPrefix(place, "/") && !strings.HasPrefix(place, "//") && !strings.Contains(place, " ")
}
