package network

import (
	"context"

	"withus.example/platform/conf"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// state is the settings as they count under a stamp, and what follows from
// them.
type state struct {
	stamp int64
	row
	is     Settings // those that count
	look   *web.Look
	sender mail.Sender
}

// rooms are whose counters the state goes by. Until there is a team, whoever
// makes the first one by a command opens the network too.
func (st *state) rooms() []string {
	if st == nil || st.look.First != "" {
		return []string{Room, "member"}
	}
	return []string{Room}
}

// Look is the network as its settings stand.
func (s *Service) Look(ctx context.Context) (*web.Look, error) {
	st, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return st.look, nil
}

// current gives the settings as they are by now: from memory, while the counter
// stands.
func (s *Service) current(ctx context.Context) (*state, error) {
	old := s.state.Load()
	stamp, err := s.db.Stamp(ctx, old.rooms()...)
	if err != nil || old != nil && old.stamp == stamp {
		return old, err
	}
	s.making.Lock()
	defer s.making.Unlock()
	// The stamp before the data, as for everything that is remembered.
	old = s.state.Load()
	if stamp, err = s.db.Stamp(ctx, old.rooms()...); err != nil || old != nil && old.stamp == stamp {
		return old, err
	}
	open, err := s.db.Stamp(ctx, Room) // the sum that counts once it is open
	if err != nil {
		return nil, err
	}
	st, err := s.make(context.WithoutCancel(ctx), old)
	if err != nil {
		return nil, err
	}
	if st.stamp = stamp; st.look.First == "" {
		st.stamp = open
	}
	s.langs.Choose(st.is.Languages...)
	s.state.Store(st)
	return st, nil
}

// make reads the settings and makes what follows from them.
func (s *Service) make(ctx context.Context, old *state) (st *state, err error) {
	st = &state{}
	if st.row, err = read(ctx, s.db); err != nil {
		return nil, err
	}
	st.is = s.given.over(st.Settings)
	site := *s.site
	site.Name, site.Leave, site.Theme = st.is.Name, st.is.Leave, st.is.theme()
	if old != nil && old.look.Site.Theme == site.Theme {
		site.Assets = old.look.Site.Assets
	} else if site.Assets, err = ui.NewAssets(site.Theme); err != nil {
		// The colours were readable when they were chosen; this program may be
		// stricter. The house's own always are.
		s.log.Error("the network's colours can't be used", "error", err)
		usual := s.given.over(Settings{})
		site.Theme = usual.theme()
		if site.Assets, err = ui.NewAssets(site.Theme); err != nil {
			return nil, err
		}
	}
	site.Off = map[string]bool{}
	for _, p := range s.parts {
		for _, segment := range p.Paths {
			site.Off[segment] = st.off(p.Key)
		}
	}
	st.look = &web.Look{Site: &site}
	if st.opened.IsZero() && !s.given.Demo {
		n, err := s.team.TeamSize(ctx, s.db)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			st.look.First, site.New = firstPath, true
		}
	}
	site.Off[ui.Segment(firstPath)] = st.look.First == "" // once open, for good
	site.Nav, site.Always = site.On(site.Nav), site.On(site.Always)
	if site.New {
		site.Nav, site.Always = nil, nil
	}
	st.sender = s.senderOf(st)
	site.Silent = st.silent()
	return st, nil
}

// off says whether a part is switched off.
func (r *row) off(key string) bool {
	for _, k := range r.Off {
		if k == key {
			return true
		}
	}
	return false
}

// senderOf is what takes the network's letters.
func (s *Service) senderOf(st *state) mail.Sender {
	var out mail.Sender
	var err error
	switch {
	case s.given.Sender != nil:
		return s.given.Sender
	case s.given.Mail.Mail == "none", s.given.Mail == (conf.Mail{}) && !st.Sends:
		return mail.None{}
	case s.given.Mail.Mail != "":
		out, err = mail.NewSMTP(s.given.Mail.Mail, mail.From{Name: st.is.Name, Address: s.given.Mail.MailFrom})
	default:
		out, err = st.is.sender(st.secret)
	}
	if err != nil {
		s.log.Error("the mail server of the settings can't be used", "error", err)
		return mail.None{}
	}
	return out
}
