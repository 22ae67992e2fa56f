package network

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// The first steps of a network nobody runs yet. Whoever started the program
// finds a code in its log; whoever types it goes through a few questions, and
// at the end is the first of the team. From then on there are no first steps.

// founder is somebody who will be on the team.
type founder struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Sealed string `json:"sealed"` // what the password is kept as
}

// setupLife is how long the first steps may take, from the code on.
const setupLife = 24 * time.Hour

// tryCode bounds guesses by client. None for everybody together: a code has 60
// bits, and strangers could keep its owners out by guessing.
var tryCode = web.Limit{Name: "network.code", Most: 10, Per: 15 * time.Minute}

// letters are those of a code: none that looks like another.
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// Code makes the code that opens the first steps, for the log: empty where
// there are none. One made before opens nothing any more.
func (s *Service) Code(ctx context.Context) (string, error) {
	st, err := s.current(ctx)
	if err != nil || st.look.First == "" {
		return "", err
	}
	b := make([]byte, 12)
	rand.Read(b)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	code := string(b)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setCode(ctx, tx, id.Hash(code)) })
	return code[:4] + "-" + code[4:8] + "-" + code[8:], err
}

// Begin lets whoever types the code go on, and gives what their browser shows
// from then on.
func (s *Service) Begin(ctx context.Context, code, client string) (token string, err error) {
	if err := s.isNew(ctx); err != nil {
		return "", err
	}
	if err := tryCode.Take(ctx, s.db, client, s.now()); err != nil {
		return "", err
	}
	code = strings.Map(func(r rune) rune {
		if !strings.ContainsRune(letters, r) {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	r, err := read(ctx, s.db)
	if err != nil {
		return "", err
	}
	if r.code == "" || subtle.ConstantTimeCompare([]byte(id.Hash(code)), []byte(r.code)) != 1 {
		return "", fault.Wrong("code", "network.first.wrong")
	}
	if err := tryCode.Back(ctx, s.db, client); err != nil { // only wrong ones count
		return "", err
	}
	token = id.Secret()
	return token, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return addSetup(ctx, tx, id.Hash(token), s.now())
	})
}

// isNew is NotFound once the network is open.
func (s *Service) isNew(ctx context.Context) error {
	st, err := s.current(ctx)
	if err == nil && st.look.First == "" {
		err = fault.Missing()
	}
	return err
}

// founders are those named so far by whoever holds a token: NotFound once the
// network is open, Denied without one.
func (s *Service) founders(ctx context.Context, token string) ([]founder, error) {
	// In this order: what is named goes in the moment the network opens.
	people, err := setup(ctx, s.db, id.Hash(token), s.now().Add(-setupLife))
	if over := s.isNew(ctx); over != nil {
		return nil, over
	}
	return people, err
}

// SaveFirst changes settings on the way.
func (s *Service) SaveFirst(ctx context.Context, token string, c Change) error {
	if _, err := s.founders(ctx, token); err != nil {
		return err
	}
	c.moves = true
	return s.save(ctx, "", c)
}

// Name names one of those who will be on the team, the first or the second.
// Without a password it is the one typed before.
func (s *Service) Name(ctx context.Context, token string, n int, f founder, password string) error {
	people, err := s.founders(ctx, token)
	if err != nil {
		return err
	}
	if n > len(people) {
		return fault.Wrong("", "network.first.you-first")
	}
	var p fault.Problems
	p.Line("name", &f.Name, 60, fault.Required)
	p.Email("email", &f.Email, fault.Required)
	f.Email = strings.ToLower(f.Email)
	for i, other := range people {
		if i != n && other.Email == f.Email && f.Email != "" {
			p.Add("email", "network.first.same")
		}
	}
	if n < len(people) {
		f.Sealed = people[n].Sealed
	}
	var wrong error
	if password != "" || f.Sealed == "" {
		f.Sealed, wrong = s.doors.Seal(ctx, "password", password)
	}
	if err := together(p.Err(), wrong); err != nil {
		return err
	}
	people = append(people[:n:n], append([]founder{f}, people[min(n+1, len(people)):]...)...)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setFounders(ctx, tx, id.Hash(token), people) })
}

// Alone takes the second one back.
func (s *Service) Alone(ctx context.Context, token string) error {
	people, err := s.founders(ctx, token)
	if err != nil || len(people) < 2 {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setFounders(ctx, tx, id.Hash(token), people[:1]) })
}

// Open opens the network, with those named as its team, and gives the account
// of the first. Of two who do so at once one is NotFound, and nothing of theirs
// is kept.
func (s *Service) Open(ctx context.Context, token, lang string) (member string, err error) {
	people, err := s.founders(ctx, token)
	if err != nil {
		return "", err
	}
	if len(people) == 0 {
		return "", fault.Wrong("", "network.first.you-first")
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed(Room)
		if err := open(ctx, tx, s.now()); err != nil {
			return err
		}
		for i, f := range people {
			m, err := s.team.Found(ctx, tx, f.Email, f.Name, lang)
			if err == nil {
				err = s.doors.Keep(ctx, tx, m, f.Sealed)
			}
			if err != nil {
				return err
			}
			if i == 0 {
				member = m
			}
		}
		// Somebody may have been made the first of the team by a command just now.
		if n, err := s.team.TeamSize(ctx, tx); err != nil || n != len(people) {
			return together(err, fault.Missing())
		}
		return dropSetups(ctx, tx)
	})
	return member, err
}
