package group

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/record"
	"withus.example/platform/web"
)

// Desk is what waits for the network team about groups: some of each, what
// waited longest first.
type Desk struct {
	Waiting   []Brief // belong to nobody yet
	Suggested []Brief // somebody says something is out of date, and there is no organiser
	Lonely    []Brief // have one organiser, or none
	Unchecked []Brief // were not looked through for a year
	Lists     int     // were brought, and are not taken in yet
	Twice     int     // pairs that may be one, up to mostTwice
	Merged    []Merged
}

// mostTwice is how many pairs the desk counts.
const mostTwice = 100

// deskYear is how long a page may go unchecked before the team looks at it.
const deskYear = 365 * 24 * time.Hour

// Desk gathers that; Denied for anybody else.
func (s *Service) Desk(ctx context.Context, v *access.Viewer) (d Desk, err error) {
	if err := v.Need(editFree, ""); err != nil {
		return d, err
	}
	if d.Lists, err = waitingUploads(ctx, s.db); err != nil {
		return d, err
	}
	if d.Waiting, err = waiting(ctx, s.db, pageSize); err != nil {
		return d, err
	}
	ids, err := record.Suggested(ctx, s.db, "group")
	if err != nil {
		return d, err
	}
	if len(ids) > 0 {
		if d.Suggested, err = orphans(ctx, s.db, v.ByAddress(), ids); err != nil {
			return d, err
		}
	}
	if d.Lonely, err = lonely(ctx, s.db, v.Scopes(), pageSize); err != nil {
		return d, err
	}
	if d.Unchecked, err = unchecked(ctx, s.db, v.Scopes(), time.Now().Add(-deskYear), pageSize); err != nil {
		return d, err
	}
	ps, err := listPairs(ctx, s.db, "", pair{why: -1}, mostTwice)
	if err != nil {
		return d, err
	}
	d.Twice = len(ps)
	d.Merged, err = s.LatestMerges(ctx, v)
	d.Merged = d.Merged[:min(len(d.Merged), 5)]
	return d, err
}

// desk is the room's part of the desk.
func (s *Service) desk(r *web.Request) (templ.Component, error) {
	d, err := s.Desk(r.Context(), r.Viewer)
	return deskView(r.Page, d, r.FormKey()), err
}

func namesOf(gs []Brief) (out []Named) {
	for _, g := range gs {
		out = append(out, g.Named)
	}
	return out
}
