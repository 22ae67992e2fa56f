package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// People is what the room asks of whoever keeps the accounts.
type People interface {
	// Known finds an account by its address or its sign-in name, and the language
	// it reads; NotFound if there is none.
	Known(ctx context.Context, email string) (member, lang string, err error)
	// Viewer is how an account comes to a page; NotFound if it is gone.
	Viewer(ctx context.Context, member string) (*access.Viewer, error)
	// Canonical is what two ways to write an address or a sign-in name have in
	// common: tries are counted by it.
	Canonical(login string) string
}

// Service is the room.
type Service struct {
	db        *db.DB
	people    People
	addresses Addresses
	mail      mail.Sender
	langs     *i18n.Catalog
	origin    string // of the links in mails
	cookie    string
	invented  bool // its people are: a demo
	hash      *hashing
	team      Team
	watch     Watch
}

// New opens the room. origin is the address of the network; cookie is the name
// of the session's; demo says that the people of the network are invented.
func New(d *db.DB, people People, addresses Addresses, m mail.Sender, langs *i18n.Catalog, origin, cookie string, demo bool) *Service {
	return &Service{db: d, people: people, addresses: addresses, mail: m, langs: langs, origin: origin, cookie: cookie, invented: demo, hash: newHashing()}
}

// How often somebody may try. Limits end by themselves, and the two ways in
// count apart: nobody can lock a person out of both for good.
var (
	tryPassword = web.Limit{Name: "signin.password", Most: 10, Per: 15 * time.Minute}
	tryClient   = web.Limit{Name: "signin.client", Most: 300, Per: 15 * time.Minute}
	followLink  = web.Limit{Name: "signin.link.follow", Most: 300, Per: 15 * time.Minute}
	sendLink    = web.Limit{Name: "signin.link", Most: 5, Per: time.Hour}
	sendClient  = web.Limit{Name: "signin.link.client", Most: 60, Per: time.Hour}
)

// takeBoth counts against the client first: whoever is turned away there uses up
// nothing of the account's owner.
func takeBoth(ctx context.Context, d *db.DB, clients web.Limit, client string, accounts web.Limit, email string) error {
	now := time.Now()
	if err := clients.Take(ctx, d, client, now); err != nil {
		return err
	}
	return accounts.Take(ctx, d, email, now)
}

// mailed says whether what somebody signs in by is an address: where it is not,
// nothing is mailed.
func mailed(login string) bool { return strings.Contains(login, "@") }

var errNotIn = fault.Wrong("password", "signin.wrong")

// WithPassword opens a session for an address and a password. An unknown
// address, an account without a password and a wrong one get the same answer
// after the same work.
func (s *Service) WithPassword(ctx context.Context, email, password, next, client, agent string, short bool) (in In, err error) {
	who := s.people.Canonical(email)
	if err := takeBoth(ctx, s.db, tryClient, client, tryPassword, who); err != nil {
		return in, err
	}
	member, _, err := s.people.Known(ctx, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return in, err
	}
	sealed, err := passwordOf(ctx, s.db, member)
	if err != nil {
		return in, err
	}
	ok, err := s.hash.opens(ctx, sealed, password)
	if err != nil {
		return in, err
	}
	if !ok {
		return in, errNotIn
	}
	if err := errors.Join(tryClient.Back(ctx, s.db, client), tryPassword.Back(ctx, s.db, who)); err != nil {
		return in, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Checking took a while: a password changed meanwhile opens nothing.
		if err := turn(ctx, tx, member); err != nil {
			return err
		}
		stands, err := passwordStands(ctx, tx, member, sealed)
		if err == nil && !stands {
			err = errNotIn
		}
		if err != nil {
			return err
		}
		in, err = open(ctx, tx, half{member, next, device(agent), short, "password"})
		return err
	})
	if err != nil {
		in = In{} // what was opened was undone
	}
	return in, err
}

// linkJob sends a link.
const linkJob = "signin.link"

type askLink struct{ Email, Next string }

// AskLink has a link sent to an address, if it has an account. Whether it has
// is found out later, by the job: the answer and the time it takes are the
// same for every address.
func (s *Service) AskLink(ctx context.Context, email, next, client string) error {
	if err := takeBoth(ctx, s.db, sendClient, client, sendLink, email); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return job.Add(ctx, tx, job.Job{Kind: linkJob, Key: id.Hash(email), Whom: id.Hash(email), Body: askLink{email, next}})
	})
}

// mailLink does that job. The token is made here, so that it stands in no
// list of things to do.
func (s *Service) mailLink(ctx context.Context, body json.RawMessage) error {
	var ask askLink
	if err := json.Unmarshal(body, &ask); err != nil {
		return job.Gone(err)
	}
	letter, l, err := s.letterTo(ctx, ask.Email)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	token := id.Secret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		member, err := s.stillAt(ctx, tx, ask.Email)
		if err != nil {
			return err
		}
		return insertLink(ctx, tx, id.Hash(token), member, ask.Next, time.Now().Add(linkLife))
	})
	if fault.Is(err, fault.NotFound) {
		return nil // they went elsewhere just now
	}
	if err != nil {
		return err
	}
	letter.Subject = l.T("signin.mail.subject")
	letter.Paragraphs = []string{l.T("signin.mail.text"), l.T("signin.mail.once")}
	letter.Link = &mail.Link{Label: l.T("signin.mail.button"), URL: s.origin + "/sign-in/link/" + token}
	letter.Foot = []string{l.T("signin.mail.not-you")}
	err = s.send(ctx, letter)
	if err == nil {
		return nil
	}
	// A link that reached nobody is not left lying about.
	if derr := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropLink(ctx, tx, id.Hash(token)) }); derr != nil {
		return errors.Join(err, derr)
	}
	return sent(err)
}

// letterTo begins a letter to the owner of an address, as they wish to be written
// to; NotFound if it is nobody's.
func (s *Service) letterTo(ctx context.Context, email string) (mail.Letter, *i18n.Lang, error) {
	if !mailed(email) {
		return mail.Letter{}, nil, fault.Missing()
	}
	member, lang, err := s.people.Known(ctx, email)
	if err != nil {
		return mail.Letter{}, nil, err
	}
	plain, err := s.plain(ctx, member)
	l := s.langs.For(lang)
	return mail.Letter{To: email, Lang: l.Code, Dir: l.Dir, Nameless: plain}, l, err
}

// plain says whether somebody wishes letters that do not name the network.
func (s *Service) plain(ctx context.Context, member string) (bool, error) {
	v, err := s.people.Viewer(ctx, member)
	if err != nil {
		return false, err
	}
	return v.Discreet, nil
}

// send hands a letter over. One that is refused would be refused again, and is
// let go of: whoever waits for it asks once more, and nothing about them is to
// lie on a shelf.
func (s *Service) send(ctx context.Context, l mail.Letter) error {
	err := s.mail.Send(ctx, l)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return errRefused
	}
	return err
}

var errRefused = errors.New("signin: a letter was refused for good")

// sent is what becomes of the work whose letter it was.
func sent(err error) error {
	if errors.Is(err, errRefused) {
		return nil
	}
	return err
}

// stillAt is whose an address is at this moment; it stays theirs until the
// transaction ends. NotFound if it is nobody's.
func (s *Service) stillAt(ctx context.Context, tx *db.Tx, email string) (member string, err error) {
	if member, _, err = s.people.Known(ctx, email); err != nil {
		return "", err
	}
	if err := turn(ctx, tx, member); err != nil {
		return "", err
	}
	again, _, err := s.people.Known(ctx, email) // once nobody else can move it
	if err == nil && again != member {
		err = fault.Missing()
	}
	return member, err
}

// WithLink opens a session for the token of a link, which then is spent.
func (s *Service) WithLink(ctx context.Context, token, client, agent string) (in In, err error) {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return in, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		owner, err := linkOwner(ctx, tx, id.Hash(token))
		if err == nil {
			err = turn(ctx, tx, owner) // before anything else of theirs
		}
		if err != nil {
			return err
		}
		member, to, err := spendLink(ctx, tx, id.Hash(token), time.Now())
		if err != nil {
			return err
		}
		if err := fact.Tell(ctx, tx, fact.AddressProven{Member: member}); err != nil {
			return err
		}
		in, err = open(ctx, tx, half{Member: member, Next: to, Device: device(agent), Way: "link"})
		return err
	})
	if err != nil {
		in = In{} // what was opened was undone
	}
	return in, err
}

// Identify finds out who sent a request: a visitor where there is no session,
// or none that still stands.
func (s *Service) Identify(r *http.Request) (*access.Viewer, error) {
	visitor := &access.Viewer{}
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return visitor, nil
	}
	ctx, now := r.Context(), time.Now()
	x, err := session(ctx, s.db, id.Hash(c.Value), now)
	if errors.Is(err, db.ErrNone) {
		return visitor, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := s.people.Viewer(ctx, x.member)
	if fault.Is(err, fault.NotFound) {
		return visitor, nil
	}
	if err != nil {
		return nil, err
	}
	if today := today(now); x.day.Before(today) && v.Discreet {
		return visitor, nil // who wishes to be discreet signs in each day
	} else if x.day.Before(today) {
		// Once a day, not at every request; and a page does not fail over it.
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return usedToday(ctx, tx, id.Hash(c.Value), today)
		}); err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	if !x.second && s.demands(v.Role) && now.Sub(v.Since) > grace {
		v.Role, v.Lacks = access.Member, true
	}
	return v, nil
}

// Sessions lists where a person is signed in, the device that asks first.
func (s *Service) Sessions(ctx context.Context, v *access.Viewer, here string) ([]Session, error) {
	return sessions(ctx, s.db, v.Member, id.Hash(here), time.Now())
}

// End ends one of the viewer's own sessions; NotFound if it is not theirs.
func (s *Service) End(ctx context.Context, v *access.Viewer, key string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := endSession(ctx, tx, v.Member, key)
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return err
	})
}

// EndOthers ends all of the viewer's sessions but the one that asks.
func (s *Service) EndOthers(ctx context.Context, v *access.Viewer, here string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return endOthers(ctx, tx, v.Member, id.Hash(here)) })
}

// PutBack follows a backup that was put back. Everybody signs in anew: whoever
// signed out since was signed in then. Links are dead, and what was on its way to
// whoever lost everything waits for the team again: its owner may have stopped it
// since.
func (s *Service) PutBack(ctx context.Context) error {
	now := time.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(endAllSessions(ctx, tx, now), dropAllLinks(ctx, tx, now), holdLost(ctx, tx, now))
	})
}

// SignOut ends the session of a token.
func (s *Service) SignOut(ctx context.Context, v *access.Viewer, here string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := endSession(ctx, tx, v.Member, id.Hash(here))
		return err
	})
}

// SetPassword gives the viewer a new password. One they have is asked for
// first; every other session ends, and links not yet followed are dead.
func (s *Service) SetPassword(ctx context.Context, v *access.Viewer, old, fresh, here string) error {
	if err := checkPassword("fresh", fresh); err != nil {
		return err
	}
	if err := tryPassword.Take(ctx, s.db, v.Member, time.Now()); err != nil {
		return err
	}
	sealed, err := passwordOf(ctx, s.db, v.Member)
	if err != nil {
		return err
	}
	if sealed != "" {
		ok, err := s.hash.opens(ctx, sealed, old)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Wrong("old", "signin.wrong-old")
		}
	}
	if sealed, err = s.hash.seal(ctx, fresh); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(turn(ctx, tx, v.Member), setPassword(ctx, tx, v.Member, sealed), dropLinks(ctx, tx, v.Member), endOthers(ctx, tx, v.Member, id.Hash(here)))
	})
}

// tidy deletes what has run out.
func (s *Service) tidy(ctx context.Context) error {
	return errors.Join(s.tidyLost(ctx), s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropExpired(ctx, tx, time.Now()) }))
}
