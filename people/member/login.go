package member

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"
	"unicode"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// Whoever has no address, or can't risk one, signs in by a name. It is words of
// theirs, or of ours, and a number that we draw: so no words are ever taken, and
// nobody finds out by trying which names there are. Others never see it.

const (
	maxLoginWords = 40
	loginDigits   = 4
	maxLogin      = maxLoginWords + 1 + loginDigits
)

// How often accounts without an address are made, and passwords for them: their
// way needs nobody's mailbox. A shared device in a day centre is one client.
var (
	joinHere   = web.Limit{Name: "member.here", Most: 10, Per: time.Hour}
	joinAll    = web.Limit{Name: "member.here.all", Most: 200, Per: time.Hour}
	sealClient = web.Limit{Name: "member.here.seal", Most: 30, Per: time.Hour}
)

// keyOf is what an account is found by: an address, or what a sign-in name looks
// like. Whoever writes it with other signs, digits or capitals is the same one.
func keyOf(login string) string {
	if strings.Contains(login, "@") {
		return Address(login)
	}
	return "#" + likeness(i18n.Digits(login))
}

func (a *Account) key() string { return keyOf(cmp.Or(a.Email, a.Login)) }

// loginKey is the key of the sign-in name; empty if there is none.
func (a *Account) loginKey() string {
	if a.Login == "" {
		return ""
	}
	return keyOf(a.Login)
}

// reachable is the address that a key is; empty if it is none.
func reachable(key string) string {
	if strings.Contains(key, "@") {
		return key
	}
	return ""
}

// Canonical is what two ways to write an address or a sign-in name have in common.
func (s *Service) Canonical(login string) string { return keyOf(login) }

// checkLogin cleans a sign-in name, or the words for one.
func checkLogin(p *fault.Problems, field string, v *string, required bool) {
	p.Line(field, v, maxLogin, required)
	if *v != "" && (!strings.ContainsFunc(*v, unicode.IsLetter) || strings.Contains(*v, "@")) {
		p.Add(field, "member.login.letters")
	}
}

// loginOf makes a sign-in name of somebody's words, or of two of ours in their
// language where they gave none. The same seed makes the same name: whoever could
// choose the seed could not choose the name.
func loginOf(l *i18n.Lang, words, seed string) string {
	sum := sha256.Sum256([]byte("sign-in name " + seed))
	if words == "" {
		all := strings.Fields(l.T("member.login.list"))
		first := int(sum[0]) % len(all)
		all = slices.Concat(all[first:], all[:first])
		words = all[0] + " " + all[1+int(sum[1])%(len(all)-1)]
	}
	number := make([]byte, loginDigits)
	for i := range number {
		number[i] = '2' + sum[2+i]%8 // neither 0 nor 1, which look like letters
	}
	return words + " " + string(number)
}

// Invent makes a sign-in name in a language, as loginOf does.
func (s *Service) Invent(lang, seed string) string { return loginOf(s.langs.For(lang), "", seed) }

// drawLogin makes a sign-in name that nobody has.
func (s *Service) drawLogin(ctx context.Context, l *i18n.Lang, words string) (string, error) {
	for range 50 {
		name := loginOf(l, words, id.Secret())
		_, err := byKey(ctx, s.db, keyOf(name))
		if fault.Is(err, fault.NotFound) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fault.Wrong("login", "member.login.other")
}

// JoinHere makes the account of somebody without an address, by what they said on
// the page: there is no letter to answer.
func (s *Service) JoinHere(ctx context.Context, a Answers, client string) (Account, error) {
	a.settle()
	for _, step := range a.steps() {
		if err := a.check(step); err != nil {
			return Account{}, err
		}
	}
	now := s.now()
	if err := joinHere.Take(ctx, s.db, client, now); err != nil {
		return Account{}, err
	}
	if err := joinAll.Take(ctx, s.db, "", now); err != nil {
		return Account{}, err
	}
	return s.Join(ctx, "", wanted{Answers: a})
}

// admit spends the link somebody joined by.
func admit(ctx context.Context, tx *db.Tx, token string) error {
	held, err := joining.Drop(ctx, tx, token)
	if err == nil && !held {
		err = errDead
	}
	return err
}

// readsHere says whether letters to somebody are kept here.
func (a *Account) readsHere() bool { return a.Email == "" || a.Here }

var reading = access.Permission{Name: "member.read", Roles: access.Everybody}
