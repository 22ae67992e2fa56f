package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/web"
)

// A code in a mail, in place of a link, opens only the browser that asked for
// it: whoever else reads the mailbox has no use for it.

const (
	codeJob  = "signin.code"
	codeLife = 30 * time.Minute
)

// codes are those that are out, for whoever holds the secret of the browser that
// asked.
var codes web.Box = "code"

// sentCode is what such a box holds.
type sentCode struct {
	Email, Next, Hash string
	Short             bool
}

// codeLetter is what the letter is made from. By itself it opens nothing.
type codeLetter struct{ Email, Code string }

// Codes are counted apart from links, and tries by the browser that asked: who
// knows somebody's address can't use up what is theirs.
var (
	sendCode = web.Limit{Name: "signin.code.send", Most: 5, Per: time.Hour}
	tryCode  = web.Limit{Name: "signin.code", Most: 10, Per: 15 * time.Minute}
)

var errCode = fault.Wrong("code", "signin.code.wrong")

// AskCode has a code sent to an address, if it has an account, and gives what
// the browser that asked shows beside it. The answer is the same for every
// address, and so is the time it takes.
func (s *Service) AskCode(ctx context.Context, email, next, client string, short bool) (secret string, err error) {
	if err := takeBoth(ctx, s.db, sendClient, client, sendCode, email); err != nil {
		return "", err
	}
	var b [8]byte
	rand.Read(b[:])
	code := fmt.Sprintf("%08d", binary.BigEndian.Uint64(b[:])%100_000_000)
	secret = id.Secret()
	return secret, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := codes.Put(ctx, tx, secret, sentCode{email, next, id.Hash(code), short}, time.Now().Add(codeLife)); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: codeJob, Key: id.New(ctx), Whom: id.Hash(email), Body: codeLetter{email, code}})
	})
}

func (s *Service) mailCode(ctx context.Context, body json.RawMessage) error {
	var c codeLetter
	if err := json.Unmarshal(body, &c); err != nil {
		return job.Gone(err)
	}
	letter, l, err := s.letterTo(ctx, c.Email)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	letter.Subject = l.T("signin.code.subject")
	letter.Paragraphs = []string{l.T("signin.code.text"), l.Isolate(c.Code[:4] + " " + c.Code[4:]), l.T("signin.code.once")}
	letter.Foot = []string{l.T("signin.mail.not-you")}
	return sent(s.send(ctx, letter))
}

// WithCode opens a session for the code of a letter, in the browser that asked
// for it.
func (s *Service) WithCode(ctx context.Context, secret, code, client, agent string) (in In, err error) {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return in, err
	}
	var c sentCode
	if _, err := codes.Get(ctx, s.db, secret, time.Now(), &c); errors.Is(err, db.ErrNone) {
		return in, errOver
	} else if err != nil {
		return in, err
	}
	if err := tryCode.Take(ctx, s.db, secret, time.Now()); err != nil {
		return in, err
	}
	code = strings.ReplaceAll(i18n.Digits(code), " ", "")
	if subtle.ConstantTimeCompare([]byte(id.Hash(code)), []byte(c.Hash)) != 1 {
		return in, errCode
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if held, err := codes.Drop(ctx, tx, secret); err != nil || !held {
			return errors.Join(err, errOver)
		}
		member, err := s.stillAt(ctx, tx, c.Email)
		if fault.Is(err, fault.NotFound) {
			err = errCode // guessed: nobody got a letter; or they went elsewhere since
		}
		if err != nil {
			return err
		}
		if err := fact.Tell(ctx, tx, fact.AddressProven{Member: member}); err != nil {
			return err
		}
		in, err = open(ctx, tx, half{member, c.Next, device(agent), c.Short, "code"})
		return err
	})
	if err != nil {
		return In{}, err // what was opened was undone
	}
	return in, nil
}
