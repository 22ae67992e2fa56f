package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// trayHolds is how many letters a Tray keeps.
const trayHolds = 200

// Tray is a Sender that sends nothing and keeps the newest 200 letters in
// memory, for the demo and for tests. Its zero value is ready, and safe for use
// by many at once. It refuses what SMTP refuses.
type Tray struct {
	mu   sync.Mutex
	kept []Kept // oldest first
}

// Kept is a letter in a Tray.
type Kept struct {
	Letter Letter
	At     time.Time // when it was sent, UTC
}

// Send keeps l.
func (t *Tray) Send(ctx context.Context, l Letter) error {
	if err := l.check(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) == trayHolds {
		t.kept = slices.Delete(t.kept, 0, 1)
	}
	t.kept = append(t.kept, Kept{own(l), time.Now().UTC()})
	return nil
}

// Letters gives what the tray holds, newest first.
func (t *Tray) Letters() []Kept {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Kept, 0, len(t.kept))
	for _, k := range slices.Backward(t.kept) {
		k.Letter = own(k.Letter)
		all = append(all, k)
	}
	return all
}

// own is l with nothing shared.
func own(l Letter) Letter {
	l.Paragraphs, l.Foot = slices.Clone(l.Paragraphs), slices.Clone(l.Foot)
	if l.Link != nil {
		link := *l.Link
		l.Link = &link
	}
	return l
}
