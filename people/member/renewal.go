package member

import (
	"context"
	"encoding/json"
	"errors"
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

// Whether somebody wants to stay is asked by one letter, after as many months as
// their kind says; and twice more, a month apart. A month after the third the
// membership rests: nobody is told, nothing is removed, and one press brings it
// back. Only letters that really went count: whom none reaches finds the question
// on their own page, and never lapses.

const (
	letters    = 3                   // the question, and two reminders
	between    = 1                   // months between them, and from the last one on
	stayLife   = 40 * 24 * time.Hour // of the link in one: until the next is there
	renewalJob = "member.renewal"    // the job of taking somebody one step further
)

// asked is how somebody is asked who has not answered yet.
type asked struct {
	Letters int       // that really went
	Day     time.Time // when the last one did, or was tried
}

// staying is what a letter that asks holds the key of. It says yes, and nothing
// else.
var staying web.Box = "stay"

// stayer is what that box holds.
type stayer struct {
	Member  string
	Renewed time.Time // as it was: who has answered since answers no more by this link
}

// ago is the day some months before another: what happened on it or earlier is
// that long past. The last day of a month stands for those a longer month has
// after it: who came on 29 February has been here for a year on 28 February.
func ago(day time.Time, months int) time.Time {
	day = db.Day(day)
	y, m, d := day.Date()
	end := time.Date(y, m-time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	if d > end.Day() || day.AddDate(0, 0, 1).Day() == 1 {
		return end
	}
	return time.Date(y, m-time.Month(months), d, 0, 0, 0, 0, time.UTC)
}

// rolesOf are the roles of those who are asked as a kind of membership says: who
// looks after others is a member, too.
func rolesOf(kind access.Role) []string {
	if kind == access.Member {
		return []string{string(access.Member), string(access.Moderator), string(access.Team)}
	}
	return []string{string(kind)}
}

// looksAfter says whether somebody looks after others here. Their membership does
// not rest by silence: the desk says that they are silent.
func (a *Account) looksAfter() bool { return a.Role == access.Moderator || a.Role == access.Team }

// kind is the kind of membership an account has.
func (a *Account) kind() access.Role {
	if a.Role == access.Supporter {
		return access.Supporter
	}
	return access.Member
}

// due says whether the next step is to be taken with an account today: x is how
// it is asked, nil if it is not.
func (a *Account) due(x *asked, months int, today time.Time) bool {
	switch {
	case a.Standing != In || a.Leaving || months == 0:
		return false
	case x == nil:
		return !a.Renewed.After(ago(today, months))
	case x.Letters >= letters && a.looksAfter():
		return false
	}
	return !x.Day.After(ago(today, between))
}

// renewals adds a job for everybody with whom the next step is to be taken. It
// comes round once an hour, and takes so many at a time: a letter to all at once
// would be taken for unwanted mail.
func (s *Service) renewals(ctx context.Context) error {
	ks, err := s.Kinds(ctx, s.db)
	if err != nil {
		return err
	}
	today := db.Day(s.now())
	var all []string
	for _, k := range ks {
		if k.Renews == 0 {
			continue
		}
		first, err1 := unasked(ctx, s.db, rolesOf(k.Kind), ago(today, k.Renews))
		next, err2 := unanswered(ctx, s.db, rolesOf(k.Kind), ago(today, between))
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		all = append(append(all, first...), next...)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, member := range all {
			if err := job.Add(ctx, tx, job.Job{Kind: renewalJob, Key: member, Whom: member, Body: member}); err != nil {
				return err
			}
		}
		return nil
	})
}

// renewal takes somebody one step further: a letter, or rest. The letter is noted
// as tried before it goes, so that no second one goes beside it, and as sent after
// it went. If the server dies in between, it counts as none, and the same one
// goes a month later.
func (s *Service) renewal(ctx context.Context, body json.RawMessage) error {
	var member string
	if err := json.Unmarshal(body, &member); err != nil {
		return job.Gone(err)
	}
	token := id.Secret()
	var a Account
	var was, is *asked
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		is = nil
		ks, err1 := s.Kinds(ctx, tx)
		var err2, err3 error
		a, err2 = locked(ctx, tx, member)
		was, err3 = askedOf(ctx, tx, member)
		today := db.Day(s.now())
		if err := errors.Join(err1, err2, err3); err != nil || !a.due(was, ks[a.kind()].Renews, today) {
			return err
		}
		if was != nil && was.Letters >= letters {
			return setStanding(ctx, tx, member, access.Lapsed)
		}
		is = &asked{Day: today}
		if was != nil {
			is.Letters = was.Letters
		}
		return errors.Join(putAsked(ctx, tx, member, is),
			staying.Put(ctx, tx, token, stayer{member, a.Renewed}, s.now().Add(stayLife)))
	})
	if fault.Is(err, fault.NotFound) {
		return nil // they are gone
	}
	if err != nil || is == nil {
		return err
	}
	err = s.deliver(ctx, a, func(l *i18n.Lang, origin string) mail.Letter { return a.question(l, origin, is.Letters, token) })
	unsent := err != nil
	then := &asked{is.Letters + 1, is.Day}
	if fault.Is(err, fault.NotFound) || unsent && sent(err) == nil || !unsent && a.readsHere() {
		then, err = is, nil // no letter reaches them: the question stands on their page
	} else if unsent {
		then = was // the next try may
	}
	return errors.Join(err, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if unsent { // a link that reached nobody is not left lying about
			if _, err := staying.Drop(ctx, tx, token); err != nil {
				return err
			}
		}
		return tried(ctx, tx, member, is, then)
	}))
}

// question is the letter that asks, after so many before it. It names neither
// the network nor what one would stay in: others may read along.
func (a *Account) question(l *i18n.Lang, origin string, before int, token string) mail.Letter {
	out := mail.Letter{
		Subject: l.T("member.stay.subject"),
		Link:    &mail.Link{Label: l.T("member.stay.answer"), URL: origin + stayPath + "/" + token + "?lang=" + l.Code, Here: membershipPath},
		Foot:    []string{l.T("member.stay.foot")},
	}
	switch {
	case before == 0:
		out.Paragraphs = []string{l.T("member.stay.mail"), l.T("member.stay.mail-again")}
	case before < letters-1:
		out.Paragraphs = []string{l.T("member.stay.mail-second"), l.T("member.stay.mail-once")}
	case a.looksAfter():
		out.Paragraphs = []string{l.T("member.stay.mail-last"), l.T("member.stay.mail-team")}
	default:
		out.Paragraphs = []string{l.T("member.stay.mail-last"), l.T("member.stay.mail-rests")}
	}
	return out
}

var errOld = fault.New(fault.NotFound, "member.stay.old")

// stayerOf is whom the link of a letter asks; NotFound, whatever the reason, if
// it answers nothing any more.
func (s *Service) stayerOf(ctx context.Context, q db.Querier, token string) (Account, error) {
	var x stayer
	_, err := staying.Get(ctx, q, token, s.now(), &x)
	if errors.Is(err, db.ErrNone) {
		return Account{}, errOld
	}
	if err != nil {
		return Account{}, err
	}
	a, err := byID(ctx, q, x.Member)
	if fault.Is(err, fault.NotFound) || err == nil && (a.Leaving || a.Standing != In && a.Standing != access.Lapsed || !a.Renewed.Equal(x.Renewed)) {
		err = errOld
	}
	return a, err
}

// StayBy says yes for whoever the link of a letter was sent to.
func (s *Service) StayBy(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.stayerOf(ctx, tx, token)
		if err == nil {
			_, err = staying.Drop(ctx, tx, token)
		}
		if err != nil {
			return err
		}
		return s.stay(ctx, tx, a.ID)
	})
}

// Stay says that the viewer wants to be here: they stay, or come back from a
// pause, or from rest.
func (s *Service) Stay(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.stay(ctx, tx, v.Member) })
}

func (s *Service) stay(ctx context.Context, tx *db.Tx, member string) error {
	a, err := locked(ctx, tx, member)
	if err != nil {
		return err
	}
	if a.Leaving || a.Standing == access.Pending || a.Standing == access.Expected {
		return errNotIn
	}
	if a.Standing == access.Paused {
		if err := teamChanges(ctx, tx, a.Role, +1); err != nil {
			return err
		}
	}
	return comeIn(ctx, tx, member, s.now())
}

// Pause takes the viewer out of the network for as long as they like: nothing is
// asked of them, nothing sent but what is about signing in, and everything of
// theirs is kept. The last of the network team hands over first.
func (s *Service) Pause(ctx context.Context, v *access.Viewer) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := locked(ctx, tx, v.Member)
		switch {
		case err != nil:
			return err
		case a.Leaving || a.Standing != In && a.Standing != access.Paused:
			return errNotIn
		case a.Standing == access.Paused:
			return nil
		}
		if err := teamChanges(ctx, tx, a.Role, -1); err != nil {
			return err
		}
		return setStanding(ctx, tx, v.Member, access.Paused)
	})
}

var errNotIn = fault.New(fault.Conflict, "member.not-in")
