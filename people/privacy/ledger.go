package privacy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// The ledger of erasures says which accounts were erased, and which yeses taken
// back, in a file outside the database and the data folder: a backup that is put
// back brings people back who asked to be forgotten, and lets things be done that
// somebody said no to since; the ledger stays as it was. What stands there is a
// day and a hash of a number that means nothing elsewhere.
//
// The same lines stand in the database, written in the transaction that erases.
// What only the database has, the file is given: the program died in between, or
// the file is new, or another server did it. What only the file has was erased
// after the backup was made: it is erased again.
const ledgerFile = "erased.txt"

var ledgerLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\d) ([0-9a-f]{64})$`)

// Reconcile makes file and database say the same, and erases again whoever came
// back. It runs before anybody is served. It says how many were erased.
func (s *Service) Reconcile(ctx context.Context) (again int, err error) {
	written, err := s.readLedger()
	if err != nil {
		return 0, err
	}
	known, err := erasedKeys(ctx, s.db)
	if err != nil {
		return 0, err
	}
	if back := without(written, known); len(back) > 0 {
		if again, err = s.eraseAgain(ctx, back, written); err != nil {
			return again, err
		}
	}
	return again, s.appendLedger(without(known, written), known)
}

// without are the keys that stand in one and not in another.
func without(in, other map[string]time.Time) (out []string) {
	for key := range in {
		if _, ok := other[key]; !ok {
			out = append(out, key)
		}
	}
	return out
}

// Remember gives the ledger in a folder what only a database knows that is about
// to be replaced: another server erased somebody, or the file could not be
// written. unread is why nothing could be read there, which is why some are
// replaced.
func Remember(ctx context.Context, d *db.DB, rooms []db.Migrations, folder string) (unread, err error) {
	known := map[string]time.Time{}
	unread = d.Snapshot(ctx, func(ctx context.Context, q *db.Snapshot) error {
		all, err := q.Tables(ctx, rooms)
		if err == nil && slices.ContainsFunc(all, func(t db.Table) bool { return t.Name == "privacy_erased" }) {
			known, err = erasedKeys(ctx, q)
		}
		return err
	})
	s := &Service{ledger: folder}
	written, err := s.readLedger()
	if err != nil {
		return unread, err
	}
	return unread, s.appendLedger(without(known, written), known)
}

func (s *Service) reconcile(ctx context.Context) error {
	_, err := s.Reconcile(ctx)
	return err
}

// eraseAgain erases those accounts whose keys these are, and notes the keys: for
// most of them there is nobody, in a backup from before they came.
func (s *Service) eraseAgain(ctx context.Context, keys []string, days map[string]time.Time) (n int, err error) {
	is := map[string]bool{}
	for _, key := range keys {
		is[key] = true
	}
	if _, err := s.yeses.GoneAgain(ctx, func(entry string) (time.Time, bool) { key := goneKey(entry); return days[key], is[key] }); err != nil {
		return 0, err
	}
	members, err := s.people.All(ctx)
	if err != nil {
		return 0, err
	}
	for _, member := range members {
		if !is[ledgerKey(member)] {
			continue
		}
		sub, err := s.people.SubjectOf(ctx, member)
		if err != nil {
			return n, err
		}
		sub.Again = true
		if err := s.house.Erase(ctx, sub); err != nil {
			return n, err
		}
		n++
	}
	return n, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, key := range keys {
			if err := insertErased(ctx, tx, key, days[key]); err != nil {
				return err
			}
		}
		return nil
	})
}

func ledgerKey(member string) string { return id.Hash("erased " + member) }

func goneKey(id string) string { return ledgerKey("gone " + id) }

// Gone notes that something is gone for good, by an id of its own: a backup must
// not bring it back.
func (s *Service) Gone(ctx context.Context, tx *db.Tx, id string) error {
	return insertErased(ctx, tx, goneKey(id), db.Day(s.now()))
}

// WriteDown writes into the file what [Service.Gone] noted, once that is so.
func (s *Service) WriteDown(id string) { s.writeDown(goneKey(id)) }

// Erased writes into the file that somebody was erased, once that is so.
func (s *Service) Erased(sub kit.Subject) { s.writeDown(ledgerKey(sub.Member)) }

// writeDown gives the file a line. Should it fail, [Service.Reconcile] sees to it
// later: what was done is done.
func (s *Service) writeDown(key string) {
	if err := s.appendLedger([]string{key}, map[string]time.Time{key: db.Day(s.now())}); err != nil {
		s.log.Error("the ledger of erasures can't be written: a backup put back now would bring back what is gone", "error", err)
	}
}

// readLedger gives the file's lines. One that is not whole was being written when
// the program or the disk gave up, and stands in the database.
func (s *Service) readLedger() (map[string]time.Time, error) {
	out := map[string]time.Time{}
	f, err := os.Open(filepath.Join(s.ledger, ledgerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if m := ledgerLine.FindStringSubmatch(lines.Text()); m != nil {
			day, err := time.Parse(time.DateOnly, m[1])
			if err != nil {
				return nil, fmt.Errorf("privacy: the ledger of erasures says %q: %w", m[0], err)
			}
			out[m[2]] = day
		}
	}
	return out, lines.Err()
}

// appendLedger writes lines that are on the disk when it returns.
func (s *Service) appendLedger(keys []string, days map[string]time.Time) (err error) {
	if len(keys) == 0 {
		return nil
	}
	if err := os.MkdirAll(s.ledger, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.ledger, ledgerFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var b strings.Builder
	if torn, err := endsTorn(f); err != nil {
		return err
	} else if torn {
		b.WriteByte('\n')
	}
	for _, key := range slices.Sorted(slices.Values(keys)) {
		fmt.Fprintf(&b, "%s %s\n", days[key].Format(time.DateOnly), key)
	}
	if _, err := f.WriteString(b.String()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	// A file just made is found again only when its folder is on the disk, too.
	dir, err := os.Open(s.ledger)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// endsTorn says whether a file's last line has no end.
func endsTorn(f *os.File) (bool, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || end == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, end-1)
	return last[0] != '\n', err
}
