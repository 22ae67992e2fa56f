package member

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Answers are what somebody says on the way in. Of all this only the address
// is needed; and of members, that they have lived experience: their word is
// enough, and nobody is asked for more.
type Answers struct {
	Kind    access.Role `json:"kind"`
	Lived   bool        `json:"lived"`
	Does    []string    `json:"does"`
	Own     string      `json:"own"` // what they do, in their words
	Name    string      `json:"name"`
	Country string      `json:"country"`
	Counted string      `json:"counted"` // yes, no, or nothing said
	Email   string      `json:"email"`
	Words   string      `json:"words"` // for the team
	Lang    string      `json:"lang"`
	Next    string      `json:"next"`              // where they were going
	Group   NewGroup    `json:"group"`             // they bring
	Led     bool        `json:"led"`               // it is led by and for the people it is about
	Invited string      `json:"invited,omitempty"` // hash of the invitation they came with

	// Of those who have no address, or want none here.
	NoMail     bool     `json:"noMail"`
	LoginWords string   `json:"loginWords"` // for their sign-in name
	Login      string   `json:"login"`
	Sealed     string   `json:"sealed"` // what the password is kept as
	Paper      []string `json:"paper"`  // codes to get in without it
	Proved     bool     `json:"proved"` // they have written the codes down: one was typed
}

// doing is what people may say they do; nobody has to fit one of them.
var doing = []string{"activist", "organiser", "researcher", "worker"}

const (
	maxOwn   = 120
	maxWords = 600
)

// Steps of the way in, by their addresses.
const (
	stepKind       = ""
	stepExperience = "experience"
	stepGroup      = "group"
	stepWhom       = "whom"
	stepName       = "name"
	stepCounted    = "counted"
	stepReach      = "reach"
	stepDoor       = "door"
	stepPaper      = "paper"
	stepSend       = "send"
)

// steps are those of somebody's way. A supporter is not asked what they lived
// through.
func (a *Answers) steps() []string {
	all := []string{stepKind, stepExperience, stepName, stepCounted, stepReach, stepSend}
	switch a.Kind {
	case access.Supporter:
		all = slices.DeleteFunc(all, func(s string) bool { return s == stepExperience })
	case Group:
		all = []string{stepKind, stepGroup, stepWhom, stepName, stepReach, stepSend}
	}
	if a.NoMail {
		all = slices.Insert(all, len(all)-1, stepDoor, stepPaper)
	}
	return all
}

// check cleans what was said at a step, and says what is wrong with it.
func (a *Answers) check(step string) error {
	var p fault.Problems
	switch step {
	case stepKind:
		p.Choice("kind", string(a.Kind), string(access.Member), string(Group), string(access.Supporter))
	case stepGroup: // and what the groups' room says of it
		if !a.Led {
			p.Add("led", "member.led.tick")
		}
		if a.Group.Name == "" {
			p.Add("name", "error.missing")
		}
	case stepExperience:
		if !a.Lived {
			p.Add("lived", "member.lived.tick")
		}
		for _, d := range a.Does {
			p.Choice("does", d, doing...)
		}
		p.Line("own", &a.Own, maxOwn, fault.Optional)
	case stepName:
		p.Line("name", &a.Name, maxName, fault.Optional)
		if a.Country != "" {
			p.Choice("country", a.Country, i18n.Countries...)
		}
	case stepCounted:
		p.Choice("counted", a.Counted, "", "yes", "no")
	case stepReach:
		if a.Email == "" && !a.NoMail {
			p.Add("email", "member.reach.missing")
		} else {
			p.Email("email", &a.Email, fault.Optional)
		}
		a.Email = Address(a.Email)
		if a.NoMail && a.Email != "" {
			p.Add("email", "member.nomail.both")
		}
		if a.NoMail {
			checkLogin(&p, "login", &a.LoginWords, fault.Optional)
			if utf8.RuneCountInString(a.LoginWords) > maxLoginWords {
				p.Add("login", "error.long", "max", maxLoginWords)
			}
		}
		p.Text("words", &a.Words, maxWords, fault.Optional)
	case stepDoor:
		if a.Login == "" || a.Sealed == "" {
			p.Add("password", "error.missing")
		}
	case stepPaper:
		if !a.Proved {
			p.Add("code", "member.codes.wrong")
		}
	}
	return p.Err()
}

// behind is the first step that still lacks something, stepSend if none does:
// nobody gets past a question by its address.
func (a Answers) behind() string {
	for _, step := range a.steps() {
		if a.check(step) != nil {
			return step
		}
	}
	return stepSend
}

// The purposes of this room.
const (
	Membership = "member.membership"
	Counted    = "member.counted"
)

// joining is what a letter to somebody who wants to join holds the key of.
var joining web.Box = "join"

const (
	joinJob   = "member.join"
	answerJob = "member.answer"

	linkLife = time.Hour          // of a link: it opens an account
	wantLife = 7 * 24 * time.Hour // of what they said: an old link brings a new one
)

// How often somebody may have letters sent.
var (
	sendJoin   = web.Limit{Name: "member.join", Most: 5, Per: time.Hour}
	sendClient = web.Limit{Name: "member.join.client", Most: 60, Per: time.Hour}
)

// wanted is what the box of a letter holds.
type wanted struct {
	Answers
	Until time.Time // of the link itself
}

// Ask has a link sent to somebody who wants to join: an account is made once
// they follow it, and not before. Whether the address has one already is found
// out by the job; the answer and the time it takes are the same.
func (s *Service) Ask(ctx context.Context, a Answers, client string) error {
	a.settle()
	for _, step := range a.steps() {
		if err := a.check(step); err != nil {
			return err
		}
	}
	if err := takeLimits(ctx, s.db, client, a.Email); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return askLink(ctx, tx, a) })
}

// settle leaves out what was said on another way, before they changed their mind.
func (a *Answers) settle() {
	a.settleMail()
	if a.Kind != access.Member {
		a.Does, a.Own = nil, ""
	}
	if a.Kind == access.Supporter {
		a.Lived = false
	}
	if a.Kind == Group {
		a.Counted = ""
	} else {
		a.Group, a.Led = NewGroup{}, false
	}
}

// settleMail leaves out what only those without an address say.
func (a *Answers) settleMail() {
	if !a.NoMail {
		a.LoginWords, a.Login, a.Sealed, a.Paper, a.Proved = "", "", "", nil, false
	}
}

// role is what somebody is in the network once they are in it.
func (a *Answers) role() access.Role {
	switch {
	case a.Kind != Group:
		return a.Kind
	case a.Lived:
		return access.Member
	}
	return access.Supporter
}

func askLink(ctx context.Context, tx *db.Tx, a Answers) error {
	return job.Add(ctx, tx, job.Job{Kind: joinJob, Key: id.New(ctx), Whom: id.Hash(a.Email), Body: a})
}

// mailJoin sends that link. Whoever has an account already is told so: it may
// be them who forgot.
func (s *Service) mailJoin(ctx context.Context, body json.RawMessage) error {
	var a Answers
	if err := json.Unmarshal(body, &a); err != nil {
		return job.Gone(err)
	}
	known, err := s.ByEmail(ctx, a.Email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	l := s.langs.For(a.Lang)
	if err == nil {
		l = s.langs.For(known.Lang)
	}
	letter := mail.Letter{
		To: a.Email, Lang: l.Code, Dir: l.Dir, Nameless: known.Discreet, Subject: l.T("member.mail.subject"),
		Paragraphs: []string{l.T("member.mail.known")},
		Link:       &mail.Link{Label: l.T("member.mail.sign-in"), URL: s.origin + "/sign-in?lang=" + l.Code},
		Foot:       []string{l.T("member.mail.not-you")},
	}
	token := ""
	if err != nil {
		token = id.Secret()
		letter.Paragraphs = []string{l.T("member.mail.text"), l.T("member.mail.once")}
		letter.Link = &mail.Link{Label: l.T("member.mail.open"), URL: s.origin + "/join/link/" + token + "?lang=" + l.Code}
		now := time.Now()
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return joining.Put(ctx, tx, token, wanted{a, now.Add(linkLife)}, now.Add(wantLife))
		}); err != nil {
			return err
		}
	}
	err = s.mail.Send(ctx, letter)
	if err == nil {
		return nil
	}
	if token != "" { // a link that reached nobody is not left lying about
		if derr := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := joining.Drop(ctx, tx, token)
			return err
		}); derr != nil {
			return errors.Join(err, derr)
		}
	}
	return sent(err)
}

// sent says which errors of sending are worth another try. A letter that is
// refused would be refused again, and is let go of: what somebody said who is
// nobody here yet is not to lie on a shelf.
func sent(err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return nil
	}
	return err
}

// want reads what a link stands for: NotFound if it was used, or is too old.
func (s *Service) want(ctx context.Context, token string) (wanted, error) {
	var w wanted
	_, err := joining.Get(ctx, s.db, token, time.Now(), &w)
	if errors.Is(err, db.ErrNone) {
		err = errDead
	}
	return w, err
}

// Renew sends a new link in place of one that is too old, to the same address.
func (s *Service) Renew(ctx context.Context, token string, w wanted, client string) error {
	if err := takeLimits(ctx, s.db, client, w.Email); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if held, err := joining.Drop(ctx, tx, token); err != nil || !held {
			return errors.Join(err, errDead)
		}
		if _, _, err := s.openKind(ctx, tx, &w.Answers); err != nil {
			return err
		}
		return askLink(ctx, tx, w.Answers)
	})
}

var errDead = fault.New(fault.NotFound, "member.link.dead")

// takeLimits counts a letter that somebody has sent: by the client first, who
// then uses up nothing of the address's owner.
func takeLimits(ctx context.Context, d *db.DB, client, email string) error {
	now := time.Now()
	if err := sendClient.Take(ctx, d, client, now); err != nil {
		return err
	}
	return sendJoin.Take(ctx, d, email, now)
}
