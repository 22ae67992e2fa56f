package member

import (
	"context"
	"errors"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// Join makes the account of whoever follows their link, or of whoever has no
// address and comes by [Service.JoinHere], as the network meets
// those who join: in the network at once, or waiting for an answer.
func (s *Service) Join(ctx context.Context, token string, w wanted) (a Account, err error) {
	l := s.langs.For(w.Lang)
	p := Persona{Name: w.Name}
	if p.Name == "" {
		p.Name = l.T("member.unnamed")
	}
	a = Account{Email: w.Email, Login: w.Login, Role: w.role(), Lang: l.Code, Proven: !w.NoMail, Country: w.Country, Does: w.Does, Own: w.Own}
	if err := errors.Join(a.Validate(), p.Validate()); err != nil {
		return a, err
	}
	now := time.Now()
	a.ID, p.ID, a.Created = id.New(ctx), id.New(ctx), now
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !w.NoMail {
			if err := admit(ctx, tx, token); err != nil {
				return err
			}
		}
		k, inv, err := s.openKind(ctx, tx, &w.Answers)
		if err != nil {
			return err
		}
		met := k.Met
		x := Application{ID: id.New(ctx), Kind: w.Kind, Met: met, State: Waiting, Words: w.Words, Asked: now, Changed: now, Brings: w.Group}
		if a.Role, x.Invited, err = s.spend(ctx, tx, &w.Answers, inv); err != nil {
			return err
		}
		a.Standing = access.Pending
		if met == atOnce {
			x.State, a.Standing = Welcomed, In
		}
		err = s.checkName(ctx, tx, p.Name)
		if fault.Is(err, fault.Invalid) { // taken while the letter was on its way
			p.Name, err = l.T("member.unnamed"), nil
		}
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, a, p); err != nil {
			return err
		}
		if w.NoMail {
			if err := s.doors.KeepCut(ctx, tx, a.ID, w.Sealed, w.Paper); err != nil {
				return err
			}
		}
		if err := teamChanges(ctx, tx, a.Role, +1); err != nil {
			return err
		}
		if err := s.hold(ctx, tx, p.ID, p.Name); err != nil {
			return err
		}
		if err := insertApplication(ctx, tx, a.ID, x); err != nil {
			return err
		}
		if x.State == Welcomed && x.Kind == Group {
			if err := s.groups.Found(ctx, tx, x.Brings, p.ID); err != nil {
				return err
			}
		}
		if err := s.consents.Give(ctx, tx, a.ID, Membership, l.Code, byForm); err != nil {
			return err
		}
		if w.Counted != "yes" {
			return nil
		}
		return s.consents.Give(ctx, tx, a.ID, Counted, l.Code, byForm)
	})
	if errors.Is(err, db.ErrConflict) && w.NoMail {
		err = fault.New(fault.Conflict, "member.login.gone")
	} else if errors.Is(err, db.ErrConflict) {
		err = fault.New(fault.Conflict, "member.known")
	}
	return a, err
}

// byForm is how consent is given on a page.
const byForm = "form"

// next is a path of this house to go on to, or the own page.
func (a *Answers) next() string {
	if a.Next == "" || !web.Local(a.Next) || strings.HasPrefix(a.Next, "/join") {
		return "/you"
	}
	return a.Next
}
