package member

import (
	"context"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/mail"
)

// Somebody may be expected: a list of before, or a form on paper, says that they
// belong here, and they have not come yet. They have an account, so that what they
// agreed to is somebody's. Nobody sees them here, and no letter reaches them but by
// WriteExpected and by what they ask for themselves, until they arrive.

// Newcomer is somebody who is expected, or arrives.
type Newcomer = struct {
	Email   string
	Name    string // others see; empty: none yet
	Kind    string // "member" or "supporter"
	Lang    string // they are written to in
	Country string
	Does    []string
	Own     string    // what they do, in their words
	Since   time.Time // they have belonged to the network
}

// Have are those of some addresses that have an account, with the account.
func (s *Service) Have(ctx context.Context, q db.Querier, emails []string) (map[string]string, error) {
	return idsByEmail(ctx, q, emails)
}

// Expect makes the account of somebody who is expected. An address that has one is
// a Conflict.
func (s *Service) Expect(ctx context.Context, tx *db.Tx, x Newcomer) (member string, err error) {
	l := s.langs.For(x.Lang)
	a := Account{ID: id.New(ctx), Email: x.Email, Role: access.Role(x.Kind), Standing: access.Expected, Lang: l.Code, Created: x.Since, Country: x.Country}
	if err := errInKind(x.Kind); err != nil {
		return "", err
	}
	if a.Role != access.Member && (len(x.Does) > 0 || x.Own != "") {
		return "", fault.Wrong("does", "member.does.members")
	}
	about := About{Lang: a.Lang, Country: x.Country, Does: x.Does, Own: x.Own}
	if err := errors.Join(a.Validate(), about.Validate(s.langs)); err != nil {
		return "", err
	}
	a.Does, a.Own = about.Does, about.Own
	if err := free(ctx, tx, a.Email, "member.taken"); err != nil {
		return "", err
	}
	// What others call them is theirs to say, when they come.
	return a.ID, insert(ctx, tx, a, Persona{ID: id.New(ctx), Name: l.T("member.unnamed")})
}

func errInKind(kind string) error {
	if !slices.Contains([]string{string(access.Member), string(access.Supporter)}, kind) {
		return fault.Wrong("kind", "error.choice")
	}
	return nil
}

// Expected are those of some accounts whose owners are expected, and not about to
// leave.
func (s *Service) Expected(ctx context.Context, q db.Querier, members []string) (map[string]Newcomer, error) {
	all, err := expected(ctx, q, members)
	out := map[string]Newcomer{}
	for _, a := range all {
		out[a.ID] = Newcomer{Email: a.Email, Kind: string(a.Role), Lang: a.Lang, Country: a.Country, Does: a.Does, Own: a.Own, Since: a.Created}
	}
	return out, err
}

// Waits are those of some accounts that are expected, whether their owners are about
// to leave or not.
func (s *Service) Waits(ctx context.Context, q db.Querier, members []string) ([]string, error) {
	return waits(ctx, q, members)
}

// Offers are the kinds in which somebody expected in one may arrive: that one, or less;
// more only where whoever asks for it is in at once.
func (s *Service) Offers(ctx context.Context, q db.Querier, kind string) ([]string, error) {
	if kind != string(access.Supporter) {
		return []string{string(access.Member), string(access.Supporter)}, nil
	}
	ks, err := s.Kinds(ctx, q)
	if k := ks[access.Member]; err == nil && k.Open && k.Met == atOnce {
		return []string{string(access.Member), string(access.Supporter)}, nil
	}
	return []string{string(access.Supporter)}, err
}

// Arrive lets somebody who is expected into the network, with what they say of
// themselves; a Conflict if they are not expected any more. proven: they came by a
// link that reached their address.
func (s *Service) Arrive(ctx context.Context, tx *db.Tx, member string, x Newcomer, proven bool) error {
	a, err := locked(ctx, tx, member)
	if err != nil {
		return err
	}
	if a.Standing != access.Expected || a.Leaving {
		return fault.New(fault.Conflict, "member.not-expected")
	}
	offers, err := s.Offers(ctx, tx, string(a.Role))
	if err != nil {
		return err
	}
	if !slices.Contains(offers, x.Kind) {
		return fault.Wrong("kind", "error.choice")
	}
	about, p := About{Lang: x.Lang, Country: x.Country, Does: x.Does, Own: x.Own}, Persona{Name: x.Name}
	if x.Kind == string(access.Supporter) { // who is not asked on the way in, either
		about.Does, about.Own = nil, ""
	}
	if p.Name == "" {
		p.Name = s.langs.For(x.Lang).T("member.unnamed")
	}
	for _, err := range []error{about.Validate(s.langs), p.Validate(), s.checkName(ctx, tx, p.Name)} {
		if err != nil {
			return err
		}
	}
	if p.ID, err = actingOf(ctx, tx, member); err != nil {
		return err
	}
	if err := updatePersona(ctx, tx, member, p); err != nil {
		return err
	}
	if err := s.hold(ctx, tx, p.ID, p.Name); err != nil {
		return err
	}
	if err := setAbout(ctx, tx, member, about); err != nil {
		return err
	}
	if err := setArrived(ctx, tx, member, x.Kind, x.Since, db.Day(s.now())); err != nil {
		return err
	}
	if proven {
		if err := setProven(ctx, tx, member); err != nil {
			return err
		}
	}
	return comeIn(ctx, tx, member, s.now())
}

// WriteExpected sends a letter to somebody who is expected, though nobody has shown
// yet that the address is theirs; NotFound if they are not expected any more.
func (s *Service) WriteExpected(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	a, err := byID(ctx, s.db, member)
	if err == nil && (a.Standing != access.Expected || a.Leaving) {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	return s.post(ctx, a, write)
}
