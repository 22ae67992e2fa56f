package link

import (
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// introPages are the addresses of introductions.
func (s *Service) introPages() []web.Route {
	return []web.Route{
		web.Get("/introductions", tend, s.showIntros),
		web.FormAt("/introductions/{slug}/ask", tend, web.Form{Fields: []string{"group", "words", "shareName", "shareEmail", "contact"}, Fill: s.fillOwn, Show: s.showAsk, Save: s.saveAsk}),
		web.FormAt("/introductions/{intro}", tend, web.Form{Fields: []string{"answer", "backWords", "backEmail", "backContact"}, Show: s.showIntro, Save: s.saveIntro}),
		web.Do("/introductions/drop", tend, s.saveDrop, "intro"),
		web.Do("/introductions/stop", tend, s.saveStop, "group", "by", "again"),
	}
}

// epoch is before everything that waits.
var epoch = time.Unix(0, 0)

func (s *Service) showIntros(r *web.Request) (*web.Answer, error) {
	k, err := s.Intros(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(introsView(r.Page, k, r.FormKey))
}

func (s *Service) showAsk(r *web.Request, f *ui.Form) (templ.Component, error) {
	other, err := s.other(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	mine, err := s.own(r, other.ID)
	if err != nil {
		return nil, err
	}
	// That a group takes no asks at all may be known, and spares the writing;
	// that it takes none of yours may not.
	closed, err := hasStopped(r.Context(), s.db, other.ID, "")
	return askView(r.Page, f, other, mine, closed || !other.Organised), err
}

func (s *Service) saveAsk(r *web.Request, f *ui.Form) (web.Next, error) {
	other, err := s.other(r.Context(), s.db, r.Viewer, r.PathValue("slug"))
	if err == nil {
		_, err = s.own(r, other.ID)
	}
	if err == nil {
		err = chosen(r.Viewer, f)
	}
	if err != nil {
		return web.Next{}, err
	}
	a := Ask{f.Get("words"), f.Get("shareName") == "yes", f.Get("shareEmail") == "yes", f.Get("contact")}
	if _, _, err := s.between(r.Context(), s.db, r.Viewer, other.Slug, f.Get("group")); err != nil {
		return web.Next{}, err
	}
	if err := a.validate(); err != nil { // before it counts
		return web.Next{}, err
	}
	if closed, err := hasStopped(r.Context(), s.db, other.ID, ""); err != nil {
		return web.Next{}, err
	} else if closed {
		return web.Next{}, fault.New(fault.Conflict, "link.intro.closed", "name", other.Name)
	}
	if err := askLimit.Take(r.Context(), s.db, f.Get("group"), time.Now()); err != nil {
		return web.Next{}, err
	}
	if err := askedLimit.Take(r.Context(), s.db, other.ID, time.Now()); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/introductions", Done: "link.intro.ask.done"}, s.Introduce(r.Context(), r.Viewer, other.Slug, f.Get("group"), a)
}

// shown is an introduction as one side reads it.
type shown struct {
	Intro
	Me, Other Group  // Other has no ID where it can't be seen now
	Name      string // of who asked, if they said it may be shown
	Face      *ui.Face
	Theirs    bool   // the reader's group asked
	Key       string // of the button that deletes it
	StopKey   string // of the one that stops further asks
	Days      int    // it waits
}

func (s *Service) shown(r *web.Request) (*shown, error) {
	i, err := s.intro(r.Context(), s.db, r.Viewer, r.PathValue("intro"))
	if err != nil {
		return nil, err
	}
	gs, err := s.groups.Linked(r.Context(), s.db, r.Viewer, []string{i.By, i.Of})
	if err != nil {
		return nil, err
	}
	out := &shown{Intro: i, Me: gs[i.Of], Other: gs[i.By], Key: r.FormKey(), StopKey: r.FormKey(), Days: patienceLeft(i, time.Now())}
	if out.Theirs = !r.Viewer.May(tend, i.Of) || i.State == No; out.Theirs {
		out.Me, out.Other = out.Other, out.Me
	} else if i.State != Yes && out.Other.ID == "" {
		return nil, fault.Missing()
	}
	if i.ShareName && i.asker != "" && !out.Theirs {
		names, err := s.people.Names(r.Context(), r.Viewer, []string{i.asker})
		if err != nil {
			return nil, err
		}
		faces, err := s.people.Faces(r.Context(), r.Viewer, []string{i.asker})
		if err != nil {
			return nil, err
		}
		out.Name, out.Face = names[i.asker], faces[i.asker]
	}
	return out, nil
}

func (s *Service) showIntro(r *web.Request, f *ui.Form) (templ.Component, error) {
	i, err := s.shown(r)
	if err != nil {
		return nil, err
	}
	return introView(r.Page, f, i), nil
}

func (s *Service) saveIntro(r *web.Request, f *ui.Form) (web.Next, error) {
	b := Back{f.Get("backWords"), f.Get("backEmail") == "yes", f.Get("backContact")}
	answer := State(f.Get("answer"))
	if err := s.AnswerIntro(r.Context(), r.Viewer, r.PathValue("intro"), answer, b); err != nil {
		return web.Next{}, err
	}
	done := map[State]string{Yes: "link.intro.yes.done", Later: "link.intro.later.done", No: "link.intro.no.done"}[answer]
	return web.Next{To: "/introductions", Done: done}, nil
}

func (s *Service) saveDrop(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/introductions", Done: "link.intro.drop.done"}, s.DropIntro(r.Context(), r.Viewer, f.Get("intro"))
}

func (s *Service) saveStop(r *web.Request, f *ui.Form) (web.Next, error) {
	on := f.Get("again") != "yes"
	done := "link.intro.stop.done"
	if !on {
		done = "link.intro.again.done"
	}
	return web.Next{To: "/introductions", Done: done}, s.Stop(r.Context(), r.Viewer, f.Get("group"), f.Get("by"), on)
}
