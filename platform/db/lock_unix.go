//go:build unix

package db

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// How something is held: by one alone, or by several who all have it open.
const (
	alone = syscall.LOCK_EX
	among = syscall.LOCK_SH
)

// errHeld is something that another process holds otherwise.
var errHeld = errors.New("db: held by another process")

// hold holds a file, which it makes, until release. The kernel lets go of it when
// the process dies.
func hold(name string, how int) (release func() error, err error) {
	f, err := lockable(name)
	if err != nil {
		return nil, err
	}
	if err := take(f, how); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

func lockable(name string) (*os.File, error) { return os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) }

func take(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return errHeld
		}
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// lockFile waits for an exclusive lock on a file, which it makes.
func lockFile(ctx context.Context, name string) (unlock func() error, err error) {
	f, err := lockable(name)
	if err != nil {
		return nil, err
	}
	for {
		err := take(f, alone)
		if err == nil {
			return f.Close, nil
		}
		if !errors.Is(err, errHeld) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
