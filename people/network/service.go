package network

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/record"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

var (
	edit  = access.Permission{Name: "network.edit", Roles: []access.Role{access.Team}}
	first = access.Permission{Name: "network.first", Anyone: true} // who has the code: see first.go
)

// Service is the room.
type Service struct {
	db     *db.DB
	langs  *i18n.Catalog
	site   *ui.Site // what of it no setting changes
	given  Given
	log    *slog.Logger
	people People
	team   Team
	doors  Doors
	parts  []kit.Switch
	now    func() time.Time

	making sync.Mutex
	state  atomic.Pointer[state]
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// Email is the address of an account, empty if it has none; NotFound if it is
	// gone.
	Email(ctx context.Context, member string) (string, error)
}

// Team is what the room asks of whoever keeps the accounts.
type Team interface {
	// TeamSize is how many people are on the network team.
	TeamSize(ctx context.Context, q db.Querier) (int, error)
	// Found makes the account of somebody who opens the network; a Conflict if
	// there is one with the address.
	Found(ctx context.Context, tx *db.Tx, email, name, lang string) (member string, err error)
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Seal makes what a password is kept as; what is wrong with it is said at
	// a field.
	Seal(ctx context.Context, field, password string) (string, error)
	// Keep gives an account its password.
	Keep(ctx context.Context, tx *db.Tx, member, sealed string) error
	// Enter signs the owner of a new account in.
	Enter(r *web.Request, member string) error
}

// New opens the room. site is the network without its settings; it may be
// filled in until the first Look.
func New(d *db.DB, langs *i18n.Catalog, site *ui.Site, given Given, log *slog.Logger) *Service {
	return &Service{db: d, langs: langs, site: site, given: given, log: log, now: time.Now}
}

// Meet tells the room whom it asks: they send their mail through it, and so are
// there after it.
func (s *Service) Meet(people People, team Team, doors Doors) {
	s.people, s.team, s.doors = people, team, doors
}

// Offer says what can be switched off.
func (s *Service) Offer(parts ...kit.Switch) { s.parts = append(s.parts, parts...) }

// thing is the network as its history knows it.
var thing = record.Thing{Room: Room, ID: "network"}

// Room is the room's word, and that of its counter, which moves with every
// setting.
const Room = "network"

// Change is a change of some settings, made from a revision of all.
type Change struct {
	Revision int
	Set      func(*Settings) // sets what is changed
	Password string          // a new one for the mail server; empty: as it is
	moves    bool            // the password may go to another server: whoever typed it is still at it
}

// Save changes settings: the network team's to do. What is the same afterwards
// leaves no trace. If somebody else changed them since, it is a Conflict.
func (s *Service) Save(ctx context.Context, v *access.Viewer, c Change) error {
	if err := v.Need(edit, ""); err != nil {
		return err
	}
	return s.save(ctx, v.Persona, c)
}

func (s *Service) save(ctx context.Context, author string, c Change) error {
	return s.write(ctx, author, c.Revision, "network.changed-meanwhile", func(_ context.Context, _ *db.Tx, r *row) error {
		was := r.Settings
		c.Set(&r.Settings)
		return r.setPassword(&was, c)
	})
}

// setPassword settles which password goes with changed settings. One that is
// kept never goes to another server than it was typed for.
func (r *row) setPassword(was *Settings, c Change) error {
	switch fresh := c.Password; {
	case r.User == "":
		r.secret = ""
	case fresh != "":
		if len(fresh) > maxLine {
			return fault.Wrong("password", "error.long", "max", maxLine)
		}
		r.secret = fresh
		r.Password = was.Password + 1
	case r.secret != "" && !r.sameServer(was) && !c.moves:
		return fault.Wrong("password", "network.password.again")
	case r.secret == "":
		return fault.Wrong("password", "network.password.missing")
	}
	return nil
}

// Restore brings back the settings of an earlier revision, as a new one. A
// password can't come back, since none is kept: where mail went another way
// then, it is off until somebody types it. If there is a newer revision than
// the one it was asked from, it is a Conflict.
func (s *Service) Restore(ctx context.Context, v *access.Viewer, n, from int) error {
	if err := v.Need(edit, ""); err != nil {
		return err
	}
	return s.write(ctx, v.Persona, from, "network.changed-history", func(ctx context.Context, tx *db.Tx, r *row) error {
		old, err := record.Get(ctx, tx, thing, n)
		if errors.Is(err, db.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return err
		}
		was := r.Settings
		r.Settings = Settings{}
		if err := json.Unmarshal(old.Body, &r.Settings); err != nil {
			return err
		}
		r.Password = was.Password
		if !r.sameServer(&was) {
			r.secret = ""
		}
		r.Sends = r.Sends && (r.User == "" || r.secret != "")
		return nil
	})
}

// write is the one way settings change.
func (s *Service) write(ctx context.Context, author string, from int, conflict string, change func(context.Context, *db.Tx, *row) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := read(ctx, tx)
		if err != nil {
			return err
		}
		if r.revision != from {
			return fault.New(fault.Conflict, conflict)
		}
		was, now := r, s.now()
		was.Languages, was.Off = slices.Clone(r.Languages), slices.Clone(r.Off)
		err = change(ctx, tx, &r)
		if err := together(err, r.Validate(&s.given, s.partKeys())); err != nil {
			return err
		}
		if same(&was.Settings, &r.Settings) && was.secret == r.secret {
			return nil
		}
		if from == 0 { // so that the first change can be undone too
			if err := keep(ctx, tx, 1, "", now, &was.Settings); err != nil {
				return err
			}
			r.revision = 1
		}
		r.revision++
		tx.Changed(Room)
		if err := write(ctx, tx, r, from); err != nil {
			return err
		}
		return keep(ctx, tx, r.revision, author, now, &r.Settings)
	})
}

// same says whether settings are alike.
func same(a, b *Settings) bool {
	x, y := *a, *b
	for _, s := range []*Settings{&x, &y} {
		if len(s.Languages) == 0 {
			s.Languages = nil
		}
		if len(s.Off) == 0 {
			s.Off = nil
		}
	}
	return reflect.DeepEqual(x, y)
}

// together are problems of changing and of checking, said at once.
func together(a, b error) error {
	x, y := fault.Of(a), fault.Of(b)
	if x != nil && y != nil && x.Kind == fault.Invalid && y.Kind == fault.Invalid {
		return &fault.Error{Kind: fault.Invalid, Problems: append(y.Problems, x.Problems...)}
	}
	if a != nil {
		return a
	}
	return b
}

func keep(ctx context.Context, tx *db.Tx, n int, author string, now time.Time, of *Settings) error {
	body, err := json.Marshal(of)
	if err != nil {
		return err
	}
	return record.Add(ctx, tx, thing, record.Revision{N: n, Author: author, At: now, Body: body})
}

func (s *Service) partKeys() (out []string) {
	for _, p := range s.parts {
		out = append(out, p.Key)
	}
	return out
}

// Send hands a letter to the mail server of the settings: the room is the
// mail.Sender of the house.
func (s *Service) Send(ctx context.Context, l mail.Letter) error {
	st, err := s.current(ctx)
	if err != nil {
		return err
	}
	return st.sender.Send(ctx, l)
}

// tidy forgets the first steps of those who did not go on.
func (s *Service) tidy(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return dropOldSetups(ctx, tx, s.now().Add(-setupLife))
	})
}

// demo gives the example network its name.
func (s *Service) demo(ctx context.Context, _ *kit.Demo) error {
	return s.save(ctx, "", Change{Set: func(x *Settings) { x.Name = "Open Door Network" }})
}
