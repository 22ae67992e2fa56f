package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// The second step is a code from an app (TOTP, RFC 6238: six digits, a new code
// every 30 seconds, HMAC-SHA1), or one of the codes on paper. Whoever has one
// is asked for it by every way in.

const (
	stepSeconds = 30
	slack       = 1 // steps a clock may be off, either way
	halfLife    = 10 * time.Minute
	paperCodes  = 10
)

// half is what a door that is half open leads to.
type half struct {
	Member, Next, Device string
	Short                bool   // on a device that others use
	Way                  string // the first step: what is tried by one way stops no other
}

// halves keep half-open doors, for whoever holds their secret.
var halves web.Box = "second"

var trySecond = web.Limit{Name: "signin.second", Most: 10, Per: 15 * time.Minute}

// In is what a way in opens.
type In struct {
	Token string // of the session; empty: the second step comes first
	Half  string // what opens the way to it
	Next  string // where they were going
	Short bool   // on a device that others use
}

// open opens a session, or the way to the second step for whoever has one. The
// caller has the account's turn.
func open(ctx context.Context, tx *db.Tx, to half) (In, error) {
	_, has, err := secondOf(ctx, tx, to.Member)
	if err != nil {
		return In{}, err
	}
	in := In{Next: to.Next, Short: to.Short}
	if has {
		in.Half = id.Secret()
		return in, halves.Put(ctx, tx, in.Half, to, time.Now().Add(halfLife))
	}
	in.Token = id.Secret()
	return in, insertSession(ctx, tx, id.Hash(in.Token), to, time.Now())
}

var (
	errOver   = fault.New(fault.NotFound, "signin.second.over")
	errSecond = fault.Wrong("code", "signin.second.wrong")
)

// Second opens the session of a half-open door to whoever has the code. A wrong
// one leaves the door as it is; after ten minutes it is closed.
func (s *Service) Second(ctx context.Context, secret, code string) (In, error) {
	var h half
	if _, err := halves.Get(ctx, s.db, secret, time.Now(), &h); errors.Is(err, db.ErrNone) {
		return In{}, errOver
	} else if err != nil {
		return In{}, err
	}
	if err := trySecond.Take(ctx, s.db, h.Way+" "+h.Member, time.Now()); err != nil {
		return In{}, err
	}
	in := In{Token: id.Secret(), Next: h.Next, Short: h.Short}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if held, err := halves.Drop(ctx, tx, secret); err != nil || !held {
			return errors.Join(err, errOver)
		}
		if err := turn(ctx, tx, h.Member); err != nil {
			return err
		}
		if err := spendCode(ctx, tx, h.Member, code, time.Now()); err != nil {
			return err
		}
		return insertSession(ctx, tx, id.Hash(in.Token), h, time.Now())
	})
	if err != nil {
		return In{}, err
	}
	return in, trySecond.Back(ctx, s.db, h.Way+" "+h.Member)
}

// spendCode takes a code that fits, so that nobody can use it again.
func spendCode(ctx context.Context, tx *db.Tx, member, code string, now time.Time) error {
	code = bare(code)
	sec, has, err := secondOf(ctx, tx, member)
	if err != nil {
		return err
	}
	if !has {
		return errSecond
	}
	if step, fits := fitting(sec.secret, code, now); fits {
		fresh, err := useStep(ctx, tx, member, sec.secret, step)
		if err == nil && !fresh {
			err = errSecond
		}
		return err
	}
	on, err := usePaper(ctx, tx, member, opensSecond, id.Hash(code))
	if err == nil && !on {
		err = errSecond
	}
	return err
}

// bare is a code as it is kept, however it was written down.
func bare(code string) string {
	return strings.ToUpper(strings.Join(strings.FieldsFunc(i18n.Digits(code), func(r rune) bool { return r == ' ' || r == '-' || r == '\u00a0' }), ""))
}

// fitting finds the step of time a code of an app is for.
func fitting(secret, code string, now time.Time) (step int64, fits bool) {
	at := now.Unix() / stepSeconds
	for _, step := range []int64{at, at - slack, at + slack} {
		want, err := hotp.GenerateCode(secret, uint64(step))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

var noPadding = base32.StdEncoding.WithPadding(base32.NoPadding)

// newSecret makes a key for an app: 160 bits, as RFC 4226 recommends.
func newSecret() string {
	b := make([]byte, 20)
	rand.Read(b)
	return noPadding.EncodeToString(b)
}

// appAddress is what an app reads from a code that is shown to it. It names
// nobody: the app stands on a phone that others may see.
func appAddress(site, secret string) string {
	return "otpauth://totp/" + url.PathEscape(site) + "?" + url.Values{"secret": {secret}, "issuer": {site}}.Encode()
}

// SetSecond gives the viewer a second step, once they have shown that their app
// has the key; and the codes for paper, which nobody is shown again. Every other
// session ends, and links not yet followed are dead. Of whoever can't be written to
// it takes the password they have; else whoever finds their screen could shut them
// out, and nothing would tell them.
func (s *Service) SetSecond(ctx context.Context, v *access.Viewer, old, secret, code, here string) (paper []string, err error) {
	if b, err := noPadding.DecodeString(secret); err != nil || len(b) < 16 || len(b) > 64 {
		return nil, fault.New(fault.Conflict, "signin.second.again")
	}
	step, fits := fitting(secret, strings.ReplaceAll(i18n.Digits(code), " ", ""), time.Now())
	if !fits {
		return nil, errSecond
	}
	if err := s.checkUnwritten(ctx, v, old); err != nil {
		return nil, err
	}
	paper = newPaper()
	return paper, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, v.Member); err != nil {
			return err
		}
		if _, has, err := secondOf(ctx, tx, v.Member); err != nil || has {
			return errors.Join(err, fault.New(fault.Conflict, "signin.second.there"))
		}
		if err := putSecond(ctx, tx, v.Member, second{secret, step}, today(time.Now())); err != nil {
			return err
		}
		if err := putPaper(ctx, tx, v.Member, opensSecond, paper); err != nil {
			return err
		}
		if err := s.tellSecond(ctx, tx, v.Member); err != nil {
			return err
		}
		if _, err := stopLost(ctx, tx, v.Member, byChange, time.Now()); err != nil {
			return err
		}
		return errors.Join(dropLinks(ctx, tx, v.Member), endOthers(ctx, tx, v.Member, id.Hash(here)))
	})
}

// NewPaper gives the viewer new codes for paper, for a code they have. Those
// before open nothing any more.
func (s *Service) NewPaper(ctx context.Context, v *access.Viewer, code string) (paper []string, err error) {
	if err := trySecond.Take(ctx, s.db, "change "+v.Member, time.Now()); err != nil {
		return nil, err
	}
	paper = newPaper()
	return paper, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, v.Member); err != nil {
			return err
		}
		_, has, err := secondOf(ctx, tx, v.Member)
		if err == nil && !has {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		if err := spendCode(ctx, tx, v.Member, code, time.Now()); err != nil {
			return err
		}
		return putPaper(ctx, tx, v.Member, opensSecond, paper)
	})
}

// newPaper makes codes of 80 bits each.
func newPaper() (out []string) {
	for range paperCodes {
		b := make([]byte, 10)
		rand.Read(b)
		out = append(out, noPadding.EncodeToString(b))
	}
	return out
}

// spaced writes a code in groups of four, as it stands on paper.
func spaced(code string) string {
	var out []string
	for i := 0; i < len(code); i += 4 {
		out = append(out, code[i:min(i+4, len(code))])
	}
	return strings.Join(out, " ")
}

// DropSecond takes the viewer's second step away, for a code they have, unless
// their role asks for one.
func (s *Service) DropSecond(ctx context.Context, v *access.Viewer, code, here string) error {
	if s.demands(v.Role) || v.Lacks {
		return fault.New(fault.Conflict, "signin.second.needed")
	}
	if err := trySecond.Take(ctx, s.db, "change "+v.Member, time.Now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, v.Member); err != nil {
			return err
		}
		if err := spendCode(ctx, tx, v.Member, code, time.Now()); err != nil {
			return err
		}
		return errors.Join(dropSecond(ctx, tx, v.Member), endOthers(ctx, tx, v.Member, id.Hash(here)))
	})
}

// demands says whether a role asks for a second step. Nobody's data stands
// behind the example people's.
func (s *Service) demands(r access.Role) bool {
	return !s.invented && (r == access.Team || r == access.Moderator)
}

// grace is how long after an account was made its role may go without: those
// who open a network have other things to do first.
const grace = 14 * 24 * time.Hour

// second is a second step.
type second struct {
	secret string
	step   int64 // the last one a code was used for
}
