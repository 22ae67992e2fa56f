package db

import (
	"context"
	"sync"
)

// Memo keeps a value made from what some rooms show, while their counters
// stand. The zero Memo with Rooms and Make set is ready.
type Memo[T any] struct {
	Rooms []string
	Make  func(ctx context.Context) (T, error)

	read  sync.RWMutex
	build sync.Mutex // one makes it, the others wait
	made  bool
	stamp int64
	value T
}

// Get gives the value as it is now.
func (m *Memo[T]) Get(ctx context.Context, d *DB) (T, error) {
	if v, ok, err := m.standing(ctx, d); ok || err != nil {
		return v, err
	}
	m.build.Lock()
	defer m.build.Unlock()
	if v, ok, err := m.standing(ctx, d); ok || err != nil {
		return v, err
	}
	// The stamp before the data: newer data under an older stamp is made once
	// more; the other way round it would stay wrong.
	stamp, err := d.Stamp(ctx, m.Rooms...)
	if err != nil {
		return m.value, err
	}
	// Others wait for it: it is not called off with this request.
	v, err := m.Make(context.WithoutCancel(ctx))
	if err != nil {
		return v, err
	}
	m.read.Lock()
	defer m.read.Unlock()
	m.value, m.stamp, m.made = v, stamp, true
	return v, nil
}

func (m *Memo[T]) standing(ctx context.Context, d *DB) (v T, ok bool, err error) {
	stamp, err := d.Stamp(ctx, m.Rooms...)
	m.read.RLock()
	defer m.read.RUnlock()
	return m.value, err == nil && m.made && m.stamp == stamp, err
}

// Memos keeps such a value for each of some keys, for those asked for lately.
// The zero Memos with Rooms and Most set is ready.
type Memos[K comparable, T any] struct {
	Rooms []string
	Most  int // keys

	mu    sync.Mutex
	stamp int64
	made  map[K]T
}

// Get gives the value of a key as it is now; make makes it if need be, and two
// who ask at once may both make it.
func (m *Memos[K, T]) Get(ctx context.Context, d *DB, key K, make func(ctx context.Context) (T, error)) (T, error) {
	stamp, err := d.Stamp(ctx, m.Rooms...)
	if err != nil {
		var none T
		return none, err
	}
	if v, ok := m.standing(stamp, key); ok {
		return v, nil
	}
	v, err := make(ctx)
	if err == nil {
		m.keep(stamp, key, v)
	}
	return v, err
}

func (m *Memos[K, T]) standing(stamp int64, key K) (v T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if stamp == m.stamp {
		v, ok = m.made[key]
	}
	return v, ok
}

// keep forgets all that was made under an older stamp; what comes late with one
// is not kept.
func (m *Memos[K, T]) keep(stamp int64, key K, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if stamp < m.stamp {
		return
	}
	if m.made == nil || stamp > m.stamp || len(m.made) >= m.Most {
		m.made = map[K]T{}
	}
	m.stamp, m.made[key] = stamp, v
}
