package link

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// pages are the room's addresses for people, and what stands at them.
func (s *Service) pages() []web.Route {
	return []web.Route{
		web.Get("/group-web", see, s.showMovements).Kept("link", "group"),
		web.Get("/group-web/{slug}", see, s.showWeb).Kept("link", "group"),
		web.Get("/links", tend, s.showLinks).Reads("q"),
		web.FormAt("/links/{slug}/offer", tend, web.Form{Fields: []string{"group", "way"}, Fill: s.fillOwn, Show: s.showOffer, Save: s.saveOffer}),
		web.Do("/links/answer", tending, s.saveAnswer, "of", "about", "answer"),
		web.Do("/links/end", tending, s.saveEnd, "link"),
	}
}

func (s *Service) showMovements(r *web.Request) (*web.Answer, error) {
	ms, err := s.Movements(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(movementsView(r.Page, ms))
}

func (s *Service) showWeb(r *web.Request) (*web.Answer, error) {
	w, err := s.Around(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	a := &web.Answer{Page: webView(r.Page, w)}
	if !w.Middle.Shown {
		a.Header("X-Robots-Tag", "noindex") // a leaked address is not to be found by searching
	}
	return a, nil
}

// mostFound is how many groups a search for another one shows.
const mostFound = 12

// showLinks is what organisers have to do with links.
func (s *Service) showLinks(r *web.Request) (*web.Answer, error) {
	t, err := s.Tended(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	var found []Group
	if q := r.Page.Query.Get("q"); q != "" && len(t.Mine) > 0 {
		if found, err = s.groups.FindLinked(r.Context(), r.Viewer, q, mostFound); err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(g Group) bool { return len(t.Mine) == 1 && g.ID == t.Mine[0].ID })
	}
	return web.Show(linksView(r.Page, t.keyed(r), found))
}

// keyed gives every button a key of its own.
func (t *Tended) keyed(r *web.Request) *Tended {
	keyed(r, t.Waiting)
	keyed(r, t.Links)
	return t
}

func keyed(r *web.Request, os []Offered) []Offered {
	for i := range os {
		os[i].FormKey = r.FormKey()
	}
	return os
}

// own are the groups somebody can speak for, without the one it is about:
// Denied where there is none.
func (s *Service) own(r *web.Request, but string) ([]Group, error) {
	held := r.Viewer.Held(access.Organiser)
	gs, err := s.groups.Linked(r.Context(), s.db, r.Viewer, held)
	if err != nil {
		return nil, err
	}
	delete(gs, but)
	mine := byName(gs, held)
	if len(mine) == 0 {
		return nil, fault.New(fault.Denied, "")
	}
	return mine, nil
}

// fillOwn chooses the group somebody speaks for where there is but one.
func (s *Service) fillOwn(r *web.Request) (map[string][]string, error) {
	other, err := s.other(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	mine, err := s.own(r, other.ID)
	if err != nil || len(mine) > 1 {
		return nil, err
	}
	return map[string][]string{"group": {mine[0].ID}}, nil
}

func (s *Service) showOffer(r *web.Request, f *ui.Form) (templ.Component, error) {
	other, err := s.other(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	mine, err := s.own(r, other.ID)
	return offerView(r.Page, f, other, mine), err
}

func (s *Service) saveOffer(r *web.Request, f *ui.Form) (web.Next, error) {
	other, err := s.other(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err == nil {
		_, err = s.own(r, other.ID)
	}
	if err == nil {
		err = chosen(r.Viewer, f)
	}
	if err == nil {
		err = offerLimit.Take(r.Context(), s.db, f.Get("group"), time.Now())
	}
	if err != nil {
		return web.Next{}, err
	}
	k, err := s.Offer(r.Context(), r.Viewer, other.Slug, f.Get("group"), f.Get("way"))
	if err != nil {
		return web.Next{}, err
	}
	done := "link.offer.done"
	if k.Agreed {
		done = "link.agree.done"
	}
	return web.Next{To: "/links", Done: done}, nil
}

// chosen says what is wrong where somebody chose no group of theirs.
func chosen(v *access.Viewer, f *ui.Form) error {
	if v.May(tend, f.Get("group")) {
		return nil
	}
	return fault.Wrong("group", "link.which")
}

func (s *Service) saveAnswer(r *web.Request, f *ui.Form) (web.Next, error) {
	k, err := s.Answer(r.Context(), r.Viewer, f.Get("about"), f.Get("answer") == "yes")
	if err != nil {
		return web.Next{}, err
	}
	to := "/links"
	if !r.Viewer.May(tend, k.Asked()) {
		to = "/desk"
	}
	return web.Next{To: to, Done: answered(f.Get("answer"))}, nil
}

// answered says what became of an offer.
func answered(answer string) string {
	if answer == "yes" {
		return "link.agree.done"
	}
	return "link.decline.done"
}

func (s *Service) saveEnd(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.End(r.Context(), r.Viewer, f.Get("link")); err != nil {
		return web.Next{}, err
	}
	to := "/links"
	if len(r.Viewer.Held(access.Organiser)) == 0 {
		to = "/desk"
	}
	return web.Next{To: to, Done: "link.end.done"}, nil
}

// mostCards is how many groups of a movement its page shows.
const mostCards = 12

// part is what stands on a group's page: its links, in words; of a movement the
// groups that are part of it; and for organisers what they can do.
func (s *Service) part(r *web.Request, about web.Thing) (templ.Component, error) {
	id := about.ID
	ks, err := touching(r.Context(), s.db, []string{id})
	if err != nil {
		return nil, err
	}
	held := r.Viewer.Held(access.Organiser)
	// Of every viewer's page one question is asked of the groups, whether there
	// are links that may not be seen or none.
	ids, intros := append(othersOf(ks, id), id), []Intro{}
	own := r.Viewer.May(tend, id)
	if own {
		if _, intros, err = s.waitsFor(r.Context(), []string{id}); err != nil {
			return nil, err
		}
		for _, i := range intros {
			ids = append(ids, i.By)
		}
	}
	gs, err := s.groups.Linked(r.Context(), s.db, r.Viewer, unique(ids))
	if err != nil {
		return nil, err
	}
	p := onPage{This: gs[id], Ends: together(endsOf(ks, id, gs)), Own: own, Offers: len(held) > 0}
	if p.Own {
		waiting, _ := sorted(ks, []string{id}, gs)
		waiting = slices.DeleteFunc(waiting, func(o Offered) bool { return !o.Answer })
		p.Waiting = keyed(r, waiting)
		for _, i := range intros {
			if gs[i.By].ID != "" {
				p.Intros++
			}
		}
	}
	if len(p.Ends) == 0 && !p.Own && (!p.Offers || !p.This.Shown) {
		return nil, nil
	}
	return partView(r.Page, p), nil
}

// onPage is the room's part of a group's page.
type onPage struct {
	This    Group // no ID where the viewer came by an address that is in no list
	Ends    []Ends
	Own     bool // the viewer organises it
	Offers  bool // the viewer organises some group, and could offer it a link
	Waiting []Offered
	Intros  int // introductions that wait for an answer
}

// you is what waits for the groups the reader organises.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	held := r.Viewer.Held(access.Organiser)
	if len(held) == 0 {
		return nil, nil
	}
	offers, intros, err := s.news(r.Context(), r.Viewer, held, epoch)
	if err != nil {
		return nil, err
	}
	return youView(r.Page, keyed(r, offers), intros), nil
}

// desk is what waits for the network team: offers to groups nobody organises.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	os, err := s.Free(r.Context(), r.Viewer)
	if err != nil || len(os) == 0 {
		return nil, err
	}
	return deskView(r.Page, keyed(r, os)), nil
}
