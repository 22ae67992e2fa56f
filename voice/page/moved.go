package page

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

const (
	mostMoved   = 5000   // old addresses there may be
	mostListed  = 200000 // bytes of a list that is sent
	longestPath = 500
	followedFor = 400 * 24 * time.Hour // how long the counts are kept
)

// Moved is an address of an earlier site, and where it leads now. Both are paths
// of this site.
type Moved struct {
	Old    string // a path, and "?" and a query where only that one is meant
	Target string
	Month  int // how often it was followed in the last 30 days
	Year   int // and in the last 365
}

// Line is one line of a list that somebody gave, and what becomes of it.
type Line struct {
	N    int    // its number, from 1
	Text string // as it was given
	Moved
	Wrong string // locale key of why it is left out; empty: it is taken
	Was   string // where the address leads until now, if elsewhere
}

// ReadMoved reads a list of old addresses: on each line an old one and a new one,
// with spaces, a tab, a comma or a semicolon between them, in quotation marks or
// not, as spreadsheets write them. What is there already is in now.
func (s *Service) ReadMoved(list string, now []Moved) (out []Line) {
	there := map[string]string{}
	for _, m := range now {
		there[m.Old] = m.Target
	}
	seen, fresh, n := map[string]bool{}, 0, 0
	for text := range strings.Lines(list) {
		n++
		text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
		cells := cellsOf(text)
		if text == "" || n == 1 && len(cells) == 2 && !address(cells[0]) && !address(cells[1]) {
			continue // empty, or the names of the columns
		}
		l := Line{N: n, Text: text}
		if len(cells) != 2 {
			l.Wrong = "page.moved.not-two"
			out = append(out, l)
			continue
		}
		var ok bool
		if l.Old, ok = oldAddress(cells[0]); !ok {
			l.Wrong = "page.moved.bad-old"
		} else if l.Target, ok = s.newAddress(cells[1]); !ok {
			l.Wrong = "page.moved.bad-new"
		} else if path, _, _ := strings.Cut(l.Old, "?"); s.serves(path) {
			l.Wrong = "page.moved.taken"
		} else if path, _, _ := strings.Cut(strings.Split(l.Target, "#")[0], "?"); !s.serves(path) {
			l.Wrong = "page.moved.nothing"
		} else if seen[l.Old] {
			l.Wrong = "page.moved.twice"
		} else if was, is := there[l.Old]; is {
			if was != l.Target {
				l.Was = was
			}
		} else if fresh++; len(now)+fresh > mostMoved {
			l.Wrong = "page.moved.too-many"
		}
		if l.Wrong == "" {
			seen[l.Old] = true
		}
		out = append(out, l)
	}
	return out
}

// cellsOf cuts a line in its cells.
func cellsOf(line string) (out []string) {
	by := func(r rune) bool { return r == ' ' || r == '\t' }
	for _, sep := range "\t;," {
		if strings.ContainsRune(line, sep) {
			by = func(r rune) bool { return r == sep }
			break
		}
	}
	for _, cell := range strings.FieldsFunc(line, by) {
		if cell = strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), `"`)); cell != "" {
			out = append(out, cell)
		}
	}
	return out
}

func address(s string) bool {
	return strings.HasPrefix(s, "/") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// oldAddress is an address of the earlier site in the one form it is kept in. A
// host is left out: it is this site's now, or nobody comes by it.
func oldAddress(in string) (string, bool) {
	u, err := url.Parse(in)
	if err != nil || !address(in) || !sound(u, in) {
		return "", false
	}
	return oldKey(u.Path, u.RawQuery), u.Path != ""
}

// sound says whether an address is one that nobody reads in two ways.
func sound(u *url.URL, in string) bool {
	return !strings.HasPrefix(in, "//") && !strings.Contains(in, `\`) && len(in) <= longestPath && u.User == nil &&
		fault.Clean(u.Path) == u.Path && !strings.ContainsFunc(u.Path, unicode.IsControl)
}

// oldKey is how an address is looked up.
func oldKey(path, query string) string {
	key := "/" + strings.Trim(path, "/")
	if query != "" {
		key += "?" + query
	}
	return key
}

// newAddress is a path of this site: a full address of another is none.
func (s *Service) newAddress(in string) (string, bool) {
	u, err := url.Parse(in)
	if err != nil || !address(in) || !sound(u, in) {
		return "", false
	}
	if u.Host != "" && u.Scheme+"://"+u.Host != s.site.Origin {
		return "", false
	}
	to := url.URL{Path: "/" + strings.TrimLeft(u.Path, "/"), RawQuery: u.RawQuery, Fragment: u.Fragment}
	return to.String(), true
}

// SaveMoved keeps what is right of a list, and says how many that is. The
// network team's to do.
func (s *Service) SaveMoved(ctx context.Context, v *access.Viewer, list string) (n int, err error) {
	if err := v.Need(edit, ""); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := moved(ctx, tx, mostMoved)
		if err != nil {
			return err
		}
		n = 0
		tx.Changed("page")
		for _, l := range s.ReadMoved(list, now) {
			if l.Wrong != "" {
				continue
			}
			n++
			if err := putMoved(ctx, tx, l.Moved); err != nil {
				return err
			}
		}
		if n == 0 {
			return fault.Wrong("list", "page.moved.none-right")
		}
		return nil
	})
	return n, err
}

// DropMoved forgets some old addresses.
func (s *Service) DropMoved(ctx context.Context, v *access.Viewer, old []string) error {
	if err := v.Need(edit, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("page")
		_, err := tx.Exec(ctx, `DELETE FROM page_moved WHERE old IN ($1)`, old)
		return err
	})
}

// Addresses are old addresses after one, by their letters, with how often each
// was followed: the network team's to see.
func (s *Service) Addresses(ctx context.Context, v *access.Viewer, after string, most int) ([]Moved, error) {
	if err := v.Need(edit, ""); err != nil {
		return nil, err
	}
	return followed(ctx, s.db, after, s.now(), most)
}

// Moved says where an old address leads, empty: nowhere. It is asked only where
// nothing stands at the address itself; the context it gives is for the rest of
// the request.
func (s *Service) Moved(ctx context.Context, u *url.URL) (context.Context, string, error) {
	now, err := s.standing(ctx)
	if err != nil {
		return ctx, "", err
	}
	ctx = context.WithValue(ctx, shownKey{}, now)
	if len(now.moved) == 0 {
		return ctx, "", nil
	}
	for _, query := range []string{u.RawQuery, ""} {
		old := oldKey(u.Path, query)
		to, ok := now.moved[old]
		if !ok {
			continue
		}
		if path, _, _ := strings.Cut(strings.Split(to, "#")[0], "?"); !s.serves(path) {
			return ctx, "", nil // nothing stands there any more
		}
		return ctx, to, s.follow(ctx, old)
	}
	return ctx, "", nil
}

// uses are how often old addresses were followed since that was last written
// down. It is written at most once a minute, so that nobody can make this server
// write with each request.
type uses struct {
	mu      sync.Mutex
	n       map[string]int
	written time.Time
}

// follow counts that an old address was followed, and nothing else about it.
func (s *Service) follow(ctx context.Context, old string) error {
	s.uses.mu.Lock()
	if s.uses.n == nil {
		s.uses.n = map[string]int{}
	}
	s.uses.n[old]++
	due := s.now().Sub(s.uses.written) >= time.Minute
	s.uses.mu.Unlock()
	if !due {
		return nil
	}
	return s.count(context.WithoutCancel(ctx))
}

// count writes down what was counted.
func (s *Service) count(ctx context.Context) error {
	now := s.now()
	s.uses.mu.Lock()
	n := s.uses.n
	if len(n) > 0 {
		s.uses.n, s.uses.written = nil, now
	}
	s.uses.mu.Unlock()
	if len(n) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		day := now.UTC().Truncate(24 * time.Hour)
		there, err := db.All(ctx, tx, db.Text, `SELECT old FROM page_moved WHERE old IN ($1) ORDER BY old`+tx.ForUpdate(), slices.Sorted(maps.Keys(n)))
		if err != nil {
			return err
		}
		for _, old := range there {
			if err := addFollowed(ctx, tx, old, day, n[old]); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropFollowed forgets counts of before a time.
func dropFollowed(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM page_followed WHERE day < $1`, before)
	return err
}

func moved(ctx context.Context, q db.Querier, most int) ([]Moved, error) {
	return db.All(ctx, q, func(scan db.Scan) (m Moved, err error) {
		err = scan(&m.Old, &m.Target)
		return m, err
	}, `SELECT old, target FROM page_moved ORDER BY old LIMIT $1`, most)
}

func putMoved(ctx context.Context, tx *db.Tx, m Moved) error {
	_, err := tx.Exec(ctx, `INSERT INTO page_moved (old, target) VALUES ($1, $2) ON CONFLICT (old) DO UPDATE SET target = excluded.target`, m.Old, m.Target)
	return err
}

func addFollowed(ctx context.Context, tx *db.Tx, old string, day time.Time, n int) error {
	_, err := tx.Exec(ctx, `INSERT INTO page_followed (old, day, n) VALUES ($1, $2, $3)
		ON CONFLICT (old, day) DO UPDATE SET n = page_followed.n + excluded.n`, old, day, n)
	return err
}

// followed reads old addresses after one, with how often each was followed.
func followed(ctx context.Context, q db.Querier, after string, now time.Time, most int) ([]Moved, error) {
	return db.All(ctx, q, func(scan db.Scan) (m Moved, err error) {
		err = scan(&m.Old, &m.Target, &m.Month, &m.Year)
		return m, err
	}, `SELECT m.old, m.target, COALESCE((SELECT SUM(f.n) FROM page_followed f WHERE f.old = m.old AND f.day > $2), 0),
			COALESCE((SELECT SUM(f.n) FROM page_followed f WHERE f.old = m.old AND f.day > $3), 0)
		FROM page_moved m WHERE m.old > $1 ORDER BY m.old LIMIT $4`, after, now.AddDate(0, 0, -30), now.AddDate(-1, 0, 0), most)
}
