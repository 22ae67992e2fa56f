package privacy

import (
	"context"
	"embed"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

const (
	leavePath = "/you/leave"
	dataPath  = "/you/data"
)

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        "privacy",
		Paths:       []string{"you/leave", dataPath[1:], "desk/looks", "desk/kept"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{mine, watching},
		Routes: []web.Route{
			web.FormAt(leavePath, mine, web.Form{Fields: []string{"when", "sure"}, Show: s.showLeave, Save: s.saveLeave}),
			web.Do(leavePath+"/stay", mine, s.saveStay),
			web.Get(dataPath, mine, s.showData),
			web.Do(dataPath+"/copy", mine, s.saveCopy),
			web.Get(dataPath+"/copy/{token}", mine, s.showCopy),
			web.Get(dataPath+"/copy/{token}/file", mine, s.sendCopy),
			web.Get("/desk/looks", watching, s.showLooks),
			web.Get("/desk/kept", watching, s.showKept),
		},
		Jobs: map[string]job.Handler{letterJob: s.mailLetter},
		Cron: []job.Schedule{{Name: "privacy.leave", Every: time.Hour, Run: s.leave}, {Name: "privacy.tidy", Every: time.Hour, Run: s.tidy}, {Name: "privacy.ledger", Every: time.Hour, Run: s.reconcile}},
		Retention: []kit.Retention{
			{Key: "privacy.kept.leaving", For: graceDays * 24 * time.Hour, By: "privacy.leave"},
			{Key: "privacy.kept.copy", For: copyLife, By: "privacy.tidy"},
			{Key: "privacy.kept.look", For: lookDays * 24 * time.Hour, By: "privacy.tidy"},
		},
		You:    s.you,
		Desk:   s.desk,
		Fates:  []kit.Fate{{Key: "privacy.fate.looked", Kept: kit.Nameless}},
		Export: s.export,
		Erase:  s.erase,
		Demo:   s.demo,
	}
}

// When somebody is forgotten.
const (
	later  = "later"
	atOnce = "at-once"
)

func (s *Service) showLeave(r *web.Request, f *ui.Form) (templ.Component, error) {
	due, err := s.Leaving(r.Context(), r.Viewer)
	switch {
	case err == nil:
		return leavingView(r.Page, f, due), nil
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	return leaveView(r.Page, f, s.fates), nil
}

func (s *Service) saveLeave(r *web.Request, f *ui.Form) (web.Next, error) {
	switch f.Get("when") {
	case later:
		return web.Next{To: leavePath}, s.Ask(r.Context(), r.Viewer)
	case atOnce:
		if f.Get("sure") != "yes" {
			return web.Next{}, fault.Wrong("sure", "privacy.sure")
		}
		// It can't be taken back: whoever found a screen unlocked is asked who
		// they are.
		if err := s.doors.Fresh(r, leavePath); err != nil {
			return web.Next{}, err
		}
		if err := s.Now(r.Context(), r.Viewer); err != nil {
			return web.Next{}, err
		}
		r.SetHeader("Clear-Site-Data", `"cache", "storage"`) // nor is anything to come back with Back
		return web.Next{To: "/", Done: "privacy.gone.done"}, nil
	}
	return web.Next{}, fault.Wrong("when", "privacy.choose")
}

func (s *Service) saveStay(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "privacy.stay.done"}, s.Stay(r.Context(), r.Viewer)
}

// you leads out, and back in for those who are on their way out.
func (s *Service) you(r *web.Request) (templ.Component, error) {
	due, err := s.Leaving(r.Context(), r.Viewer)
	if fault.Is(err, fault.NotFound) {
		return youView(r.Page, time.Time{}, ""), nil
	}
	return youView(r.Page, due, r.FormKey()), err
}

// demo lets one of the example people be on their way out, and the team have
// looked at what those said who asked to join.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	team := ""
	for _, p := range d.People {
		if p.Role == string(access.Team) {
			team = p.Persona
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, p := range d.People {
			switch p.Role {
			case "leaving":
				if err := s.ask(ctx, tx, p.Member, s.now().AddDate(0, 0, -3)); err != nil {
					return err
				}
			case "pending", "refused":
				if err := insertLook(ctx, tx, p.Member, team, "member.looked.application", db.Day(s.now().AddDate(0, 0, -i))); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
