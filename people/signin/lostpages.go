package signin

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const (
	lostPath     = "/sign-in/lost"
	lostDeskPath = "/desk/lost"
)

func (s *Service) lostPages() []web.Route {
	return []web.Route{
		web.FormAt(lostPath, anyone, web.Form{Fields: []string{"email", "new", "words"}, Show: showLost, Save: s.saveLost}),
		web.Get(lostPath+"/sent", anyone, func(r *web.Request) (*web.Answer, error) { return web.Show(lostSentView(r.Page)) }),
		web.Do(lostPath+"/stop", mine, s.saveStopLost),
		web.FormAt("/sign-in/stop/{token}", anyone, web.Form{Again: true, Show: s.showStop, Save: s.saveStop}),
		web.FormAt("/sign-in/found/{token}", anyone, web.Form{Again: true, Show: s.showFound, Save: s.saveFound}),
		web.Get(lostDeskPath, helping, s.showLostDesk).Reads("after"),
		web.FormAt(lostDeskPath+"/{id}", helping, web.Form{Fields: []string{"what", "day", "why"}, Show: s.showCase, Save: s.saveCase}),
	}
}

func showLost(r *web.Request, f *ui.Form) (templ.Component, error) {
	if code := f.Values["code"]; code != nil {
		return lostCodeView(r.Page, code[0]), nil
	}
	return lostView(r.Page, f), nil
}

func (s *Service) saveLost(r *web.Request, f *ui.Form) (web.Next, error) {
	if r.Page.Site.Silent {
		return web.Next{}, errSilent
	}
	code, err := s.AskLost(r.Context(), f.Get("email"), f.Get("new"), f.Get("words"), r.Page.Lang.Code, r.Client())
	if err != nil || code == "" {
		return web.Next{To: lostPath + "/sent"}, err
	}
	f.Values = url.Values{"code": {code}}
	return web.Next{Look: true}, nil
}

// errSilent: without mail the owner could not be told, nor anybody be let in.
var errSilent = fault.New(fault.Conflict, "signin.lost.silent")

func (s *Service) saveStopLost(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "signin.lost.stopped.done"}, s.StopLost(r.Context(), r.Viewer)
}

func (s *Service) showStop(r *web.Request, f *ui.Form) (templ.Component, error) {
	m, err := key(r.Context(), s.db, stops, r.PathValue("token"))
	return pressView(r.Page, f, "signin.lost.stop", "signin.lost.stop-text", m.From, "signin.lost.stop-go"), err
}

func (s *Service) saveStop(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/sign-in", Done: "signin.lost.stopped.done"}, s.StopByLetter(r.Context(), r.PathValue("token"), r.Client())
}

func (s *Service) showFound(r *web.Request, f *ui.Form) (templ.Component, error) {
	m, err := key(r.Context(), s.db, founds, r.PathValue("token"))
	if err == nil && !m.Until.After(time.Now()) {
		return pressView(r.Page, f, "signin.lost.late", "signin.lost.late-text", m.To, "signin.lost.late-go"), nil
	}
	return pressView(r.Page, f, "signin.lost.found", "signin.lost.found-text", m.To, "signin.lost.found-go"), err
}

func (s *Service) saveFound(r *web.Request, _ *ui.Form) (web.Next, error) {
	m, err := key(r.Context(), s.db, founds, r.PathValue("token"))
	if err != nil {
		return web.Next{}, err
	}
	if !m.Until.After(time.Now()) {
		return web.Next{To: "/sign-in/sent"}, s.AnotherFound(r.Context(), r.PathValue("token"), r.Client())
	}
	in, err := s.Regain(r.Context(), r.PathValue("token"), r.Client(), r.UserAgent())
	if err != nil {
		return web.Next{}, err
	}
	next, err := s.enter(r, in)
	next.Done = "signin.lost.in.done"
	return next, err
}

// desk says how many wait, and how many are on their way: the others of the team
// are to see it.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	waiting, running, err := lostCounts(r.Context(), s.db)
	return lostDeskPart(r.Page, waiting, running), err
}

func (s *Service) showLostDesk(r *web.Request) (*web.Answer, error) {
	alive, ended, more, err := s.LostDesk(r.Context(), r.Viewer, r.Page.Query.Get("after"))
	if err != nil {
		return nil, err
	}
	next := ""
	if more {
		next = lostDeskPath + "?after=" + url.QueryEscape(alive[len(alive)-1].ID)
	}
	return web.Show(lostDeskView(r.Page, alive, ended, next))
}

func (s *Service) showCase(r *web.Request, f *ui.Form) (templ.Component, error) {
	c, err := s.LostCase(r.Context(), r.Viewer, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return caseView(r.Page, f, c), nil
}

func (s *Service) saveCase(r *web.Request, f *ui.Form) (web.Next, error) {
	var day time.Time
	if on := strings.TrimSpace(f.Get("day")); on != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, on); err != nil {
			return web.Next{}, fault.Wrong("day", "signin.lost.day-wrong")
		}
	}
	if f.Get("what") == lostYes && r.Page.Site.Silent {
		return web.Next{}, errSilent
	}
	at := lostDeskPath + "/" + r.PathValue("id")
	return web.Next{To: at, Done: "signin.lost.decided.done"}, s.DecideLost(r.Context(), r.Viewer, r.PathValue("id"), f.Get("what"), f.Get("why"), day)
}

// demoLost lets two invented people lose everything: one waits for the team, one
// is in the seven days. Neither is among those one can sign in as: that would
// stop it.
func (s *Service) demoLost(ctx context.Context, d *kit.Demo) error {
	from := []string{"person17@withus.example", "person21@withus.example"}
	var team *access.Viewer
	for _, p := range d.People {
		if p.Role == "team" && team == nil {
			team = &access.Viewer{Member: p.Member, Persona: p.Persona}
		}
	}
	owner, _, err := s.people.Known(ctx, from[1])
	if team == nil || fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := time.Now()
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	waits := Lost{ID: id.New(ctx), From: from[0], To: "new17@elsewhere.example", Lang: "en", State: lostWaiting, Asked: ago(3), Due: ago(3).Add(lostWait), Changed: ago(3),
		Words: "My bag was taken with the phone in it, and the mail was only on there. Ask me who burned the soup in March. I am at the Tuesday table, or ring 000 000 019 after four."}
	runs := Lost{ID: id.New(ctx), From: from[1], To: "new21@elsewhere.example", Lang: "en", State: lostRunning, Told: true, Asked: ago(6), Due: ago(2).Add(lostDelay), Changed: ago(2), owner: owner,
		Words: "The hostel keeps my old phone. I can come by with Olena on any Thursday."}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range []Lost{waits, runs} {
			if _, err := insertLost(ctx, tx, x); err != nil {
				return err
			}
			if err := note(ctx, tx, x.ID, Happening{What: lostAsked}, &access.Viewer{}, x.Asked); err != nil {
				return err
			}
		}
		if err := note(ctx, tx, runs.ID, Happening{What: lostYes, Talked: ago(2), Why: "We sat together for an hour. They knew all three songs, and Olena has known them for years."}, team, ago(2)); err != nil {
			return err
		}
		return note(ctx, tx, runs.ID, Happening{What: lostWritten}, &access.Viewer{}, ago(2).Add(time.Minute))
	})
}
