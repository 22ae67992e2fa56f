package equal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// The answers that wait are sealed under a key that lies in a file beside the
// database, and in no backup. Without it they are lost, which is a few answers.
const keyFile = "equal.key"

// waiting is what waits: how often something was said, and no more. So even who
// has the key reads nobody's answers in it, only the few of all.
type waiting struct {
	N map[string]map[string]int `json:"n"` // by question and choice

	tickets tickets
	quarter time.Time // of the last answer
}

// tickets are those given in a quarter, each by a part of its hash: whoever opens
// the questions gets one, and an answer spends it. It is with them that the account
// was given one, and here that it was spent, and nothing leads from the one to the
// other.
type tickets struct {
	Quarter time.Time
	Given   []string // with "+" before it, or "-" once it is spent: as long as before
}

// size is what both parts of a seal are a multiple of, each by itself: its length
// says how many opened the questions, and nothing of answers.
const size = 8 << 10

// sealer seals and opens.
type sealer struct {
	name string // of the key, and nothing of it
	lock cipher.AEAD
}

// openSealer reads the key in a folder, and makes one where there is none.
func openSealer(folder string) (*sealer, error) {
	name := filepath.Join(folder, keyFile)
	key, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(folder, name); err == nil {
			key, err = os.ReadFile(name)
		}
	}
	if err == nil && len(key) != 32 {
		err = fmt.Errorf("equal: %s is no key of ours: take it away, and a new one is made", name)
	}
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	lock, err := cipher.NewGCMWithRandomNonce(block)
	return &sealer{id.Hash("equal " + hex.EncodeToString(key)), lock}, err
}

// makeKey makes one, whole or not at all; of two who do so at once, one does.
func makeKey(folder, name string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "."+keyFile+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	key := make([]byte, 32)
	rand.Read(key)
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return db.SyncFolder(folder)
}

func (s *sealer) seal(w *waiting) (string, error) {
	var plain []byte
	for _, part := range []any{w, w.tickets} {
		b, err := json.Marshal(part)
		if err != nil {
			return "", err
		}
		plain = append(append(plain, b...), bytes.Repeat([]byte{' '}, size-len(b)%size)...)
	}
	return base64.StdEncoding.EncodeToString(s.lock.Seal(nil, nil, plain, nil)), nil
}

// open gives what waits; nothing does where nothing was sealed yet.
func (s *sealer) open(body string) (*waiting, error) {
	w := &waiting{N: map[string]map[string]int{}}
	if body == "" {
		return w, nil
	}
	sealed, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, err
	}
	plain, err := s.lock.Open(nil, nil, sealed, nil)
	if err != nil {
		return nil, err
	}
	parts := json.NewDecoder(bytes.NewReader(plain))
	err = parts.Decode(w)
	if err == nil && parts.More() { // one sealed by an older program has no tickets
		err = parts.Decode(&w.tickets)
	}
	return w, err
}

const (
	given = "+"
	spent = "-"
)

func ticketed(ticket string) string { return id.Hash("equal ticket " + ticket)[:24] }

// give notes a ticket. Those of quarters before are void.
func (w *waiting) give(ticket string, now time.Time) {
	if !w.tickets.Quarter.Equal(quarter(now)) {
		w.tickets = tickets{Quarter: quarter(now)}
	}
	w.tickets.Given = append(w.tickets.Given, given+ticketed(ticket))
}

// good says whether a ticket of this quarter has not been spent, and was if not.
func (w *waiting) good(ticket string, now time.Time) (good, was bool) {
	if !w.tickets.Quarter.Equal(quarter(now)) {
		return false, false
	}
	return slices.Contains(w.tickets.Given, given+ticketed(ticket)), slices.Contains(w.tickets.Given, spent+ticketed(ticket))
}

// add adds answers, and spends the ticket they come with.
func (w *waiting) add(answers map[string]string, ticket string) {
	if i := slices.Index(w.tickets.Given, given+ticketed(ticket)); i >= 0 {
		w.tickets.Given[i] = spent + ticketed(ticket)
	}
	for question, choice := range answers {
		if w.N[question] == nil {
			w.N[question] = map[string]int{}
		}
		w.N[question][choice]++
	}
}

// enough takes out, and gives, the questions that were answered often enough.
func (w *waiting) enough() map[string]map[string]int {
	out := map[string]map[string]int{}
	for question, choices := range w.N {
		n := 0
		for _, k := range choices {
			n += k
		}
		if n >= fewest {
			out[question] = choices
			delete(w.N, question)
		}
	}
	return out
}
