package member

import (
	"cmp"
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/media"
)

// Service is the room.
type Service struct {
	db     *db.DB
	mail   mail.Sender
	langs  *i18n.Catalog
	origin string // of the links in mails
	now    func() time.Time

	doors       Doors
	consents    Consents
	watch       Watch
	words       Words
	groups      Groups
	invitations Invitations
	pictures    media.Shelf
	asked       *db.Memo[map[string]int] // groups that are asked whether they know one
}

// New opens the room. origin is the address of the network; pictures are where those
// of people's names are kept, nil if nowhere.
func New(d *db.DB, m mail.Sender, langs *i18n.Catalog, origin string, pictures media.Store) *Service {
	asked := &db.Memo[map[string]int]{Rooms: []string{"member"}, Make: func(ctx context.Context) (map[string]int, error) { return askedGroups(ctx, d) }}
	return &Service{db: d, mail: m, langs: langs, origin: origin, now: time.Now, asked: asked,
		pictures: media.Shelf{DB: d, Store: pictures, Sides: []int{media.Face}, Job: PictureJob, Kept: pictureKept}}
}

// Add makes an account with its first persona. Whoever runs the network calls
// it, from the command line. An address that has an account is a Conflict.
func (s *Service) Add(ctx context.Context, a Account, p Persona) (Account, Persona, error) {
	if err := errors.Join(a.Validate(), p.Validate()); err != nil {
		return a, p, err
	}
	a.ID, p.ID, a.Created = id.New(ctx), id.New(ctx), time.Now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := free(ctx, tx, a.key(), "member.taken"); err != nil {
			return err
		}
		if err := s.checkName(ctx, tx, p.Name); err != nil {
			return err
		}
		if err := insert(ctx, tx, a, p); err != nil {
			return err
		}
		if err := s.hold(ctx, tx, p.ID, p.Name); err != nil {
			return err
		}
		return teamChanges(ctx, tx, a.Role, +1)
	})
	if errors.Is(err, db.ErrConflict) {
		err = fault.New(fault.Conflict, "member.taken")
	}
	return a, p, err
}

// Found makes the account of somebody who opens the network: of the team, and
// nobody had to ask. An address that has an account is a Conflict.
func (s *Service) Found(ctx context.Context, tx *db.Tx, email, name, lang string) (member string, err error) {
	a, p := Account{Email: email, Role: access.Team, Lang: lang}, Persona{Name: name}
	if err := errors.Join(a.Validate(), p.Validate()); err != nil {
		return "", err
	}
	a.ID, p.ID, a.Created = id.New(ctx), id.New(ctx), time.Now()
	if err := free(ctx, tx, a.key(), "member.taken"); err != nil {
		return "", err
	}
	if err := insert(ctx, tx, a, p); err != nil {
		return "", err
	}
	if err := s.hold(ctx, tx, p.ID, p.Name); err != nil {
		return "", err
	}
	return a.ID, teamChanges(ctx, tx, a.Role, +1)
}

// TeamSize is how many people are on the network team.
func (s *Service) TeamSize(ctx context.Context, q db.Querier) (int, error) { return teamSize(ctx, q) }

// SetRole gives an account another role, and lets it into the network if it
// waits. The last member of the network team stays one.
func (s *Service) SetRole(ctx context.Context, email string, r access.Role) error {
	var p fault.Problems
	if p.Choice("role", string(r), roleNames()...); p.Err() != nil {
		return p.Err()
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := byKey(ctx, tx, keyOf(email))
		if err == nil {
			a, err = locked(ctx, tx, a.ID)
		}
		if err != nil || a.Role == r && a.Standing == In {
			return err
		}
		if a.Leaving {
			return fault.New(fault.Conflict, "member.leaves")
		}
		if err := teamChanges(ctx, tx, r, +1); err != nil {
			return err
		}
		if a.counted() {
			if err := teamChanges(ctx, tx, a.Role, -1); err != nil {
				return err
			}
		}
		if err := setRole(ctx, tx, a.ID, a.Role, r, db.Day(s.now())); err != nil {
			return err
		}
		x, err := applicationOf(ctx, tx, a.ID)
		if err == nil && x.State != Welcomed {
			err = s.found(ctx, tx, a.ID, x)
		} else if fault.Is(err, fault.NotFound) { // nobody asked: the account was made for them
			err = nil
		}
		return errors.Join(err, welcomed(ctx, tx, a.ID, s.now()))
	})
}

// ByEmail finds an account by its address or its sign-in name; NotFound if there
// is none.
func (s *Service) ByEmail(ctx context.Context, email string) (Account, error) {
	return byKey(ctx, s.db, keyOf(email))
}

// Viewer is how an account comes to a page: NotFound if it is gone.
func (s *Service) Viewer(ctx context.Context, member string) (*access.Viewer, error) {
	a, p, sees, err := accountAndPersona(ctx, s.db, member)
	if err != nil {
		return nil, err
	}
	v, err := access.With(ctx, s.db, a.ID, p.ID, cmp.Or(a.away(), a.Role))
	v.Discreet = a.Discreet
	v.Since, v.Outside, v.Acting = a.Created, !sees, acting{a, p}
	return v, err
}

// acting is the account that asks, with the persona it acts as.
type acting struct {
	Account
	as Persona
}

// Subject is an account with every persona it has; NotFound if it is gone.
func (s *Service) Subject(ctx context.Context, email string) (kit.Subject, error) {
	a, err := s.ByEmail(ctx, email)
	if err != nil {
		return kit.Subject{}, err
	}
	return s.subject(ctx, a)
}

// SubjectOf is the same by the account.
func (s *Service) SubjectOf(ctx context.Context, member string) (kit.Subject, error) {
	a, err := byID(ctx, s.db, member)
	if err != nil {
		return kit.Subject{}, err
	}
	return s.subject(ctx, a)
}

// Leave hides somebody who is about to leave, or lets them back. The last of the
// network team hands over first.
func (s *Service) Leave(ctx context.Context, tx *db.Tx, member string, away bool) error {
	a, err := locked(ctx, tx, member)
	if err != nil {
		return err
	}
	tx.Changed("member")
	if a.Leaving == away {
		return nil
	}
	by := +1
	if away {
		by = -1
	}
	if a.Standing != access.Paused {
		if err := teamChanges(ctx, tx, a.Role, by); err != nil {
			return err
		}
	}
	if !away {
		if err := seenAnew(ctx, tx, member, db.Day(s.now())); err != nil {
			return err
		}
	}
	return setLeaving(ctx, tx, member, away)
}

func (s *Service) subject(ctx context.Context, a Account) (kit.Subject, error) {
	ps, err := personasOf(ctx, s.db, a.ID)
	sub := kit.Subject{Member: a.ID, Email: a.Email, Login: a.loginKey()}
	for _, p := range ps {
		sub.Personas = append(sub.Personas, p.ID)
	}
	return sub, err
}

// proven hears that a link reached an account's address.
func (s *Service) proven(ctx context.Context, f fact.AddressProven) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setProven(ctx, tx, f.Member) })
}

var errLast = &fault.Error{Kind: fault.Conflict, Key: "member.last-team"}

// Known finds an account by its address or sign-in name, and the language it reads;
// NotFound
// if there is none.
func (s *Service) Known(ctx context.Context, email string) (member, lang string, err error) {
	a, err := s.ByEmail(ctx, email)
	return a.ID, a.Lang, err
}

// Email is the address of an account, empty if it has none; NotFound if it is gone.
func (s *Service) Email(ctx context.Context, member string) (string, error) {
	a, err := byID(ctx, s.db, member)
	return a.Email, err
}

// Login is what the owner of an account signs in by: the address, or else the
// name; and the name they have besides, if they do. NotFound if it is gone.
func (s *Service) Login(ctx context.Context, member string) (by, name string, err error) {
	a, err := byID(ctx, s.db, member)
	return cmp.Or(a.Email, a.Login), a.Login, err
}

// Works says whether an account is the network team's or a moderator's, even if
// it is away at the moment; NotFound if it is gone.
func (s *Service) Works(ctx context.Context, member string) (bool, error) {
	a, err := byID(ctx, s.db, member)
	return a.Role == access.Team || a.Role == access.Moderator, err
}

// SetEmail gives an account another address, whose owner has shown that it is
// theirs, or a sign-in name in place of it; a Conflict if it has another one by now than the one before, or if
// somebody else has the new one.
func (s *Service) SetEmail(ctx context.Context, tx *db.Tx, member, before, after string) error {
	own, err := byKey(ctx, tx, keyOf(after))
	if err == nil && own.ID != member {
		err = fault.New(fault.Conflict, "member.address-taken")
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	n, err := setEmail(ctx, tx, member, before, after)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "member.address-taken")
	}
	if err != nil {
		return err
	}
	return dropRoleWish(ctx, tx, member) // it was about whose address it was before
}

// free is a Conflict, in words, where there is an account by a key, as keyOf makes it.
func free(ctx context.Context, tx *db.Tx, key, words string) error {
	_, err := byKey(ctx, tx, key)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil:
		return fault.New(fault.Conflict, words)
	}
	return err
}

// Deliver sends a letter to whoever is behind a persona, in the language they
// read. It is the one door for letters to people: rooms know personas, and
// nobody's address. For whoever has none, or wishes so, it is kept here as a
// message. NotFound if nobody is behind it, or nobody has shown that
// the address is theirs, or they have paused, or are about to leave.
func (s *Service) Deliver(ctx context.Context, persona string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	a, err := byPersona(ctx, s.db, persona)
	if err != nil {
		return err
	}
	if a.Leaving || a.Standing == access.Paused {
		return fault.Missing()
	}
	return s.deliver(ctx, a, write)
}

// Write sends a letter to the owner of an account, about the account itself.
func (s *Service) Write(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	a, err := byID(ctx, s.db, member)
	if err != nil {
		return err
	}
	return s.deliver(ctx, a, write)
}

// Warn sends a letter about an account to the address of whoever reads here, beside
// the message: whoever has taken the account could read that first, and delete it.
// They wanted no mail, so this names the network to nobody.
func (s *Service) Warn(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	a, err := byID(ctx, s.db, member)
	if err != nil || !a.Here || a.Email == "" || !a.Proven {
		return err
	}
	a.Discreet = true
	return s.post(ctx, a, write)
}

func (s *Service) deliver(ctx context.Context, a Account, write func(l *i18n.Lang, origin string) mail.Letter) error {
	if a.readsHere() {
		l := s.langs.For(a.Lang)
		return s.keep(ctx, a, l, write(l, s.origin))
	}
	if !a.Proven {
		return fault.Missing()
	}
	return s.post(ctx, a, write)
}

// post sends a letter to an address, whoever has shown that it is theirs.
func (s *Service) post(ctx context.Context, a Account, write func(l *i18n.Lang, origin string) mail.Letter) error {
	l := s.langs.For(a.Lang)
	letter := write(l, s.origin)
	letter.To, letter.Lang, letter.Dir, letter.Nameless = a.Email, l.Code, l.Dir, a.Discreet
	return s.mail.Send(ctx, letter)
}

// Away says whether whoever is behind a persona is paused, or about to leave: or
// gone.
func (s *Service) Away(ctx context.Context, persona string) (bool, error) {
	a, err := byPersona(ctx, s.db, persona)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return a.Leaving || a.Standing == access.Paused, err
}

// Names gives what personas are called, to whoever is in the network: a page that
// names people is for people who are here themselves.
func (s *Service) Names(ctx context.Context, v *access.Viewer, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if !v.In() || len(ids) == 0 {
		return out, nil
	}
	ps, err := personas(ctx, s.db, ids)
	for _, p := range ps {
		out[p.ID] = p.Name
	}
	return out, err
}

// Owners are the accounts behind personas, for who counts people. Whoever has
// left has none. Nobody is shown that two personas are one.
func (s *Service) Owners(ctx context.Context, q db.Querier, personas []string) (map[string]string, error) {
	return ownersOf(ctx, q, personas)
}

// TeamAll is how many accounts are of the network team, be they there now or not.
func (s *Service) TeamAll(ctx context.Context, q db.Querier) (int, error) { return teamAll(ctx, q) }

// OnTeam is how many people of the network team are behind personas: those who
// have left it, pause or leave are not.
func (s *Service) OnTeam(ctx context.Context, q db.Querier, personas []string) (int, error) {
	return onTeam(ctx, q, personas)
}

// None says whether there is no account at all.
func (s *Service) None(ctx context.Context) (bool, error) {
	n, err := count(ctx, s.db)
	return n == 0, err
}
