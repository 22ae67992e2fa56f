package signin

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Who has no address here can't be mailed a link. They sign in by a name and a
// password or a passkey; for a password that is forgotten they have codes on paper.

// What codes on paper open.
const (
	opensSecond  = "second"  // the second step
	opensAccount = "account" // the account, with a new password; the second step comes then
)

// What somebody is told of their own doors, and that it goes to their address even
// if they read here: each is tried by itself.
const (
	noticeJob = "signin.notice"
	warnJob   = "signin.warn"
)

var (
	tryPaper = web.Limit{Name: "signin.paper", Most: 10, Per: 15 * time.Minute}
	errPaper = fault.Wrong("code", "signin.codes.not")
)

// Cut makes what a password is kept as, and codes for paper. What is wrong with
// the password is said at a field.
func (s *Service) Cut(ctx context.Context, field, fresh string) (sealed string, paper []string, err error) {
	sealed, err = s.Seal(ctx, field, fresh)
	return sealed, newPaper(), err
}

// KeepCut gives an account that is just being made both.
func (s *Service) KeepCut(ctx context.Context, tx *db.Tx, member, sealed string, paper []string) error {
	return errors.Join(setPassword(ctx, tx, member, sealed), putPaper(ctx, tx, member, opensAccount, paper))
}

// OnPaper says whether what was typed is one of some codes.
func (s *Service) OnPaper(paper []string, typed string) bool {
	typed = bare(typed)
	for _, c := range paper {
		if c == typed {
			return true
		}
	}
	return false
}

// WithPaper gives somebody a new password for one of their codes, or for the one
// they were given when they said that they lost everything, once its time has come.
// Every session ends; who has a second step is asked for it. A wrong name, a wrong
// code and one that was used get the same answer after the same work.
func (s *Service) WithPaper(ctx context.Context, login, code, fresh, client, agent string) (in In, err error) {
	if err := checkPassword("fresh", fresh); err != nil {
		return in, err
	}
	who := s.people.Canonical(login)
	if err := takeBoth(ctx, s.db, tryClient, client, tryPaper, who); err != nil {
		return in, err
	}
	sealed, err := s.hash.seal(ctx, fresh)
	if err != nil {
		return in, err
	}
	hash := id.Hash(bare(code))
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		member, err := s.whose(ctx, login)
		if err == nil {
			err = turn(ctx, tx, member)
		}
		if err != nil {
			return err
		}
		if again, err := s.whose(ctx, login); err != nil || again != member {
			return errors.Join(err, errPaper) // they sign in by something else since
		}
		used, err := usePaper(ctx, tx, member, opensAccount, hash)
		if err == nil && !used {
			used, err = s.found(ctx, tx, member, hash)
		}
		if err != nil || !used {
			return errors.Join(err, errPaper)
		}
		if err := errors.Join(setPassword(ctx, tx, member, sealed), dropLinks(ctx, tx, member), endOthers(ctx, tx, member, ""),
			notify(ctx, tx, member, "signin.notice.paper")); err != nil {
			return err
		}
		in, err = open(ctx, tx, half{Member: member, Device: device(agent), Way: "paper"})
		return err
	})
	if err != nil {
		return In{}, err // what was opened was undone
	}
	return in, errors.Join(tryClient.Back(ctx, s.db, client), tryPaper.Back(ctx, s.db, who))
}

// whose is the account somebody signs in to; empty if there is none.
func (s *Service) whose(ctx context.Context, login string) (string, error) {
	member, _, err := s.people.Known(ctx, login)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return member, err
}

// checkOwn asks the viewer for the password they have, if they have one; and says
// whether they do, or have a passkey.
func (s *Service) checkOwn(ctx context.Context, v *access.Viewer, password string) (has bool, err error) {
	sealed, err := passwordOf(ctx, s.db, v.Member)
	if err != nil {
		return false, err
	}
	if sealed == "" {
		all, err := passkeys(ctx, s.db, v.Member)
		return len(all) > 0, err
	}
	if err := tryPassword.Take(ctx, s.db, v.Member, time.Now()); err != nil {
		return true, err
	}
	ok, err := s.hash.opens(ctx, sealed, password)
	if err == nil && !ok {
		err = fault.Wrong("old", "signin.wrong-old")
	}
	return true, err
}

// unwritten says whether the viewer has no address that a letter could warn them at,
// and has a password to ask for in its place.
func (s *Service) unwritten(ctx context.Context, v *access.Viewer) (bool, error) {
	at, _, err := s.addresses.Login(ctx, v.Member)
	if err != nil || mailed(at) {
		return false, err
	}
	sealed, err := passwordOf(ctx, s.db, v.Member)
	return sealed != "", err
}

// checkUnwritten asks them for it.
func (s *Service) checkUnwritten(ctx context.Context, v *access.Viewer, password string) error {
	if is, err := s.unwritten(ctx, v); err != nil || !is {
		return err
	}
	_, err := s.checkOwn(ctx, v, password)
	return err
}

// NewCodes gives the viewer other codes to get in by, who has none of the address
// that others get in by. Those before open nothing any more.
func (s *Service) NewCodes(ctx context.Context, v *access.Viewer, password string, paper []string) error {
	if _, err := s.checkOwn(ctx, v, password); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(turn(ctx, tx, v.Member), putPaper(ctx, tx, v.Member, opensAccount, paper), notify(ctx, tx, v.Member, "signin.notice.codes"))
	})
}

// LeaveEmail takes the viewer's address away: from then on they sign in by a name,
// and get in by codes. Without a password or a passkey they could not. A letter to
// the address says how to go back.
func (s *Service) LeaveEmail(ctx context.Context, v *access.Viewer, password, login string, paper []string) error {
	has, err := s.checkOwn(ctx, v, password)
	if err == nil && !has {
		err = fault.New(fault.Conflict, "signin.codes.first")
	}
	if err != nil {
		return err
	}
	now := time.Now()
	if err := sendMove.Take(ctx, s.db, v.Member, now); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, v.Member); err != nil {
			return err
		}
		from, _, err := s.addresses.Login(ctx, v.Member)
		if err != nil {
			return err
		}
		until, err := movedUntil(ctx, tx, v.Member, now)
		if err == nil && !until.IsZero() {
			err = fault.New(fault.Conflict, "signin.email.lately", "day", until)
		}
		if err != nil {
			return err
		}
		_, lang, err := s.people.Known(ctx, from)
		if err != nil {
			return err
		}
		if err := errors.Join(s.addresses.SetEmail(ctx, tx, v.Member, from, login), putPaper(ctx, tx, v.Member, opensAccount, paper)); err != nil {
			return err
		}
		if _, err := stopLost(ctx, tx, v.Member, byChange, now); err != nil {
			return err
		}
		return s.moved(ctx, tx, moving{Member: v.Member, From: from, To: login, Lang: lang}, now)
	})
}

type notice struct{ Member, Text string }

// notify tells the owner of an account something of its doors.
func notify(ctx context.Context, tx *db.Tx, member, text string) error {
	n := notice{member, text}
	return errors.Join(job.Add(ctx, tx, job.Job{Kind: noticeJob, Key: id.New(ctx), Whom: member, Body: n}),
		job.Add(ctx, tx, job.Job{Kind: warnJob, Key: id.New(ctx), Whom: member, Body: n}))
}

func (s *Service) tell(ctx context.Context, body json.RawMessage) error {
	return notified(ctx, body, s.addresses.Write)
}

func (s *Service) warn(ctx context.Context, body json.RawMessage) error {
	return notified(ctx, body, s.addresses.Warn)
}

func notified(ctx context.Context, body json.RawMessage, by func(context.Context, string, func(l *i18n.Lang, origin string) mail.Letter) error) error {
	var n notice
	if err := json.Unmarshal(body, &n); err != nil {
		return job.Gone(err)
	}
	err := by(ctx, n.Member, func(l *i18n.Lang, origin string) mail.Letter {
		return mail.Letter{Subject: l.T("signin.mail.subject"), Paragraphs: []string{l.T(n.Text), l.T("signin.notice.not-you")},
			Link: &mail.Link{Label: l.T("signin.notice.look"), URL: origin + "/you?lang=" + l.Code}}
	})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return nil
	}
	return err
}

// found lets somebody in by the code they were given when they lost everything, if
// the team said yes and its days are over. All that opened the account is gone then.
func (s *Service) found(ctx context.Context, tx *db.Tx, member, hash string) (bool, error) {
	now := time.Now()
	x, err := useLostCode(ctx, tx, member, hash, now)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err == nil {
		err = s.stillEnough(ctx, tx, x)
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(shut(ctx, tx, member), note(ctx, tx, x.ID, Happening{What: string(lostDone)}, &access.Viewer{}, now))
}

// shut takes away all that opens an account.
func shut(ctx context.Context, tx *db.Tx, member string) error {
	return errors.Join(dropSecond(ctx, tx, member), dropPaper(ctx, tx, member, opensAccount), dropPasskeys(ctx, tx, member), dropPassword(ctx, tx, member),
		dropLinks(ctx, tx, member), endOthers(ctx, tx, member, ""))
}

// readPaper reads codes as they stand hidden on a page; nil if they are not ours.
func readPaper(s string) []string {
	all := strings.Fields(s)
	for _, c := range all {
		if b, err := noPadding.DecodeString(c); err != nil || len(b) != 10 {
			return nil
		}
	}
	if len(all) != paperCodes {
		return nil
	}
	return all
}
