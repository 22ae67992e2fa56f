package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

// ledger is kept outside the program: what it acknowledged.
type ledger struct {
	mu    sync.Mutex
	notes map[string]string // marker → group
	more  chan struct{}     // one for each
}

func (l *ledger) note(marker, slug string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes[marker] = slug
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// I1: killed at any moment while many write, the network keeps whatever it
// acknowledged, whole: each change has its revision, and search finds what is
// there now and nothing else.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		p := at(t, dbtest.SQLite(t, example))
		p.demo(t)
		acknowledged := 0
		s := start(t, p, "demo")
		for round := range rounds { // the same folder all along
			var n int
			s, n = killRound(t, p, s, round)
			acknowledged += n
		}
		s.stop()
		t.Logf("%d changes were acknowledged in %d rounds", acknowledged, rounds)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		for round := range rounds { // a new database each time
			postgresRound(t, round)
		}
	})
}

func postgresRound(t *testing.T, round int) {
	t.Run(fmt.Sprint(round), func(t *testing.T) {
		dbtest.From(t, example, func(t *testing.T, place dbtest.Place) {
			if place.URL == "" {
				return // SQLite has its own rounds
			}
			p := at(t, place)
			p.demo(t)
			s, _ := killRound(t, p, start(t, p, "demo"), round)
			s.stop()
		})
	})
}

// killRound has several people write, kills the server, starts it again and
// looks whether all that was acknowledged is there.
func killRound(t *testing.T, p place, s *server, round int) (*server, int) {
	t.Helper()
	l := &ledger{notes: map[string]string{}, more: make(chan struct{}, 10000)}
	organiser := s.as("organiser")
	groups := run(t, organiser)
	dead := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 5 {
		who := s.visitor()
		who.http.Jar = organiser.http.Jar
		slug := groups[i%len(groups)] // some alone on a group, some side by side
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-dead:
					return
				default:
				}
				g := who.read(slug)
				if g == nil {
					return // nobody answers any more
				}
				marker := fmt.Sprintf("mark%dx%dx%dend", round, i, n)
				status, now := who.edit(g, "All about "+marker+".")
				switch {
				case status == http.StatusOK && strings.Contains(fmt.Sprint(now["about"]), marker):
					l.note(marker, slug)
				case status == http.StatusConflict: // somebody else was first
				case status == 0:
					return
				default:
					t.Errorf("round %d: status %d, %v", round, status, now)
					return
				}
			}
		})
	}
	// Any moment: after some acknowledgements, and then a bit more or less.
	for range 1 + rand.IntN(40) {
		select {
		case <-l.more:
		case <-time.After(patience):
			t.Fatal("nothing was acknowledged")
		}
	}
	time.Sleep(rand.N(4 * time.Millisecond))
	s.kill()
	close(dead)
	wg.Wait()
	s = start(t, p, "demo")
	whole(t, p, s, l, round)
	return s, len(l.notes)
}

// run lists the groups somebody organises.
func run(t *testing.T, who *person) []string {
	t.Helper()
	status, body := who.get("/you")
	var out []string
	for _, part := range strings.Split(body, `href="/groups/`)[1:] {
		if slug, _, ok := strings.Cut(part, `/edit"`); ok && !strings.ContainsAny(slug, `"<`) {
			out = append(out, slug)
		}
	}
	if status != http.StatusOK || len(out) < 3 {
		t.Fatalf("status %d, organiser of %q", status, out)
	}
	return out
}

// whole looks whether the network is in one piece and holds the ledger.
func whole(t *testing.T, p place, s *server, l *ledger, round int) {
	t.Helper()
	d := p.look(t)
	defer d.Close()
	ctx := t.Context()
	type change struct {
		slug  string
		n     int
		about string
	}
	changes, err := db.All(ctx, d, func(scan db.Scan) (c change, err error) {
		var body struct{ About string }
		err = scan(&c.slug, &c.n, db.JSON(&body))
		c.about = body.About
		return c, err
	}, `SELECT g.slug, r.n, r.body FROM record_revision r JOIN group_group g ON g.id = r.thing WHERE r.room = 'group' ORDER BY g.slug, r.n`)
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]change{}
	in := map[string]string{}
	for _, c := range changes {
		if c.n != last[c.slug].n+1 {
			t.Errorf("round %d: %s has revision %d after %d", round, c.slug, c.n, last[c.slug].n)
		}
		last[c.slug] = c
		if marker, ok := strings.CutPrefix(strings.TrimSuffix(c.about, "."), "All about "); ok {
			in[marker] = c.slug
		}
	}
	for marker, slug := range l.notes {
		if in[marker] != slug {
			t.Errorf("round %d: %s was acknowledged for %s, and is in %q", round, marker, slug, in[marker])
		}
	}
	type row struct {
		slug, about string
		revision    int
		findable    bool
		found       int
	}
	rows, err := db.All(ctx, d, func(scan db.Scan) (r row, err error) {
		err = scan(&r.slug, &r.about, &r.revision, &r.findable, &r.found)
		return r, err
	}, `SELECT g.slug, g.about, g.revision, g.published AND g.audience <> 'unlisted', (SELECT count(*) FROM search_doc s WHERE s.room = 'group' AND s.thing = g.id) FROM group_group g`)
	if err != nil || len(rows) != 10 {
		t.Fatalf("%d groups, %v", len(rows), err)
	}
	now := map[string]bool{}
	for _, r := range rows {
		if c := last[r.slug]; c.n != r.revision || c.about != r.about {
			t.Errorf("round %d: %s is at revision %d, its history at %d", round, r.slug, r.revision, c.n)
		}
		if r.findable != (r.found == 1) || r.found > 1 {
			t.Errorf("round %d: %s is found %d times", round, r.slug, r.found)
		}
		if marker, ok := strings.CutPrefix(strings.TrimSuffix(r.about, "."), "All about "); ok && r.findable {
			now[marker] = true
		}
	}
	if n := count(t, d, `SELECT count(*) FROM search_doc WHERE room = 'group'`); n > len(rows) {
		t.Errorf("round %d: %d things can be found of %d", round, n, len(rows))
	}
	if d.Dialect == db.SQLite {
		var words, docs int
		if err := d.QueryRow(ctx, `SELECT (SELECT count(*) FROM search_words), (SELECT count(*) FROM search_doc)`).Scan(&words, &docs); err != nil || words != docs {
			t.Errorf("round %d: %d things have words, %d can be found, %v", round, words, docs, err)
		}
		if check, err := db.One(ctx, d, db.Text, `PRAGMA integrity_check`); err != nil || check != "ok" {
			t.Errorf("round %d: %s, %v", round, check, err)
		}
	}
	// What search says, as people see it.
	who := s.visitor()
	asked := 0
	for marker, slug := range l.notes {
		if asked++; asked > 60 && !now[marker] {
			continue
		}
		status, body := who.get("/api/v1/groups?q=" + marker)
		var list struct{ Groups []struct{ Slug string } }
		if status != http.StatusOK || json.Unmarshal([]byte(body), &list) != nil {
			t.Fatalf("round %d: status %d, %s", round, status, body)
		}
		var found []string
		for _, g := range list.Groups {
			found = append(found, g.Slug)
		}
		if now[marker] && !slices.Equal(found, []string{slug}) || !now[marker] && len(found) > 0 {
			t.Errorf("round %d: %s finds %q; it is what %s says now: %v", round, marker, found, slug, now[marker])
		}
	}
}

// I8: killed at any moment of its first start, the program starts the next
// time, and everything is there.
func TestKilledWhileMigrating(t *testing.T) {
	t.Parallel()
	// How long a first start takes tells which moments there are.
	p := at(t, dbtest.SQLite(t, nothing))
	begun := time.Now()
	s := start(t, p, "serve")
	whole := time.Since(begun)
	s.stop()
	d := p.look(t)
	want := tables(t, d)
	d.Close()
	if len(want) < 15 {
		t.Fatalf("only %d tables: %q", len(want), want)
	}
	for i := range 10 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			each(t, nothing, func(t *testing.T, p place) {
				if p.URL == "" { // not even a file
					p.data = filepath.Join(t.TempDir(), "new")
					p.Dir = p.data
				}
				s := begin(t, p, "serve")
				time.Sleep(rand.N(whole * 3 / 2)) // on PostgreSQL it takes longer
				s.kill()
				s = start(t, p, "serve")
				if status, body := s.visitor().get("/readyz"); status != http.StatusOK {
					t.Errorf("status %d: %s", status, body)
				}
				s.stop()
				d := p.look(t)
				defer d.Close()
				for _, name := range tables(t, d) {
					if !strings.HasSuffix(name, "_migration") {
						continue
					}
					if n := count(t, d, `SELECT count(*) - count(DISTINCT version_id) FROM `+name); n != 0 {
						t.Errorf("%s has %d steps twice", name, n)
					}
				}
				if p.URL == "" && !slices.Equal(tables(t, d), want) {
					t.Errorf("there are other tables: %q", tables(t, d))
				}
			})
		})
	}
}

// A demo killed while it is made is never taken for a finished one: the next
// start goes on, begins anew, or says what to do.
func TestKilledWhileMakingDemo(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		p := place{data: filepath.Join(t.TempDir(), "new")}
		p.Dir = p.data
		s := begin(t, p, "demo", "--groups=300", "--members=300")
		wait(t, "the beginning", func() bool { return strings.Contains(s.log.String(), "Making") })
		time.Sleep(rand.N(time.Duration(i+1) * 100 * time.Millisecond))
		s.kill()
		s = begin(t, p, "demo", "--groups=300", "--members=300")
		if !s.open() {
			if code := s.ended(patience); code != 1 || !strings.Contains(s.log.String(), "delete this one") {
				t.Errorf("exit code %d: %s", code, s.log)
			}
			continue
		}
		d := p.look(t)
		if groups, people := count(t, d, `SELECT count(*) FROM group_group`), count(t, d, invented); groups != 300 || people != 300 {
			t.Errorf("it goes on with %d groups and %d people", groups, people)
		}
		s.as("organiser")
		d.Close()
		s.stop()
	}
}

// I8: a program refuses data that a newer one has written, and leaves it alone.
func TestNewerData(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]string{
		"a room went on":      `INSERT INTO group_migration (version_id, is_applied) VALUES (99, TRUE)`,
		"the ground went on":  `INSERT INTO db_migration (version_id, is_applied) VALUES (99, TRUE)`,
		"a room more":         `CREATE TABLE talk_migration (version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL)`,
		"a later room's step": `INSERT INTO signin_migration (version_id, is_applied) VALUES (2000, TRUE)`,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, example, func(t *testing.T, p place) {
				p.demo(t)
				d := p.look(t)
				write(t, d, make)
				all := tables(t, d)
				if d.Dialect == db.Postgres { // whose turn it is to migrate is noted there
					all = slices.DeleteFunc(all, func(s string) bool { return s == "db_lock" })
				}
				before := dump(t, d, nil, all...)
				for _, args := range [][]string{{"serve"}, {"demo"}, {"member", "add", "new@withus.example", "--name=New"}} {
					var out string
					var code int
					if args[0] == "member" {
						c := command(append(args, p.flags()...)...)
						b, _ := c.CombinedOutput() // the exit code says it
						out, code = string(b), c.ProcessState.ExitCode()
					} else {
						s := begin(t, p, args...)
						code, out = s.ended(patience), s.log.String()
					}
					if code != 1 || !strings.Contains(out, "this data was written by a newer withus: use that one, or restore a backup made before it") || strings.Contains(out, "Open ") {
						t.Errorf("%s: exit code %d: %s", args[0], code, out)
					}
				}
				if after := dump(t, d, nil, all...); after != before {
					t.Errorf("it changed something:\n%.2000s", after)
				}
				if now := tables(t, d); len(now) < len(all) || len(now) > len(all)+1 {
					t.Errorf("tables: %q", now)
				}
				d.Close()
			})
		})
	}
}

// The same seed makes the same network, ids included, on either engine; another
// seed another one. A demo goes on with what it finds.
func TestSeeds(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	made := map[string]string{}
	content := func(t *testing.T, p place) string {
		d := p.look(t)
		defer d.Close()
		if groups, people := count(t, d, `SELECT count(*) FROM group_group`), count(t, d, invented); groups != 40 || people != 20 {
			t.Errorf("there are %d groups and %d people", groups, people)
		}
		return dump(t, d, []string{"created", "renewed", "changed", "checked", "likened", "registers", "other_names", "for_terms", "support", "languages", "does", "acting", "retired", "hidden", "over"}, "group_group", "member_member", "member_persona", "access_grant", "search_doc")
	}
	t.Run("make", func(t *testing.T) {
		for name, seed := range map[string]string{"one": "--seed=1", "one again": "--seed=1", "two": "--seed=2"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				each(t, nothing, func(t *testing.T, p place) {
					args := []string{"demo", seed, "--groups=40", "--members=20"}
					s := start(t, p, args...)
					if !strings.Contains(s.log.String(), "Making 40 groups and 20 people") || !strings.Contains(s.log.String(), "organiser@withus.example") {
						t.Errorf("it says:\n%s", s.log)
					}
					s.stop()
					first := content(t, p)
					s = start(t, p, args...)
					if log := s.log.String(); strings.Contains(log, "Making") || !strings.Contains(log, "organiser@withus.example") {
						t.Errorf("the second time it says:\n%s", log)
					}
					s.as("organiser")
					s.stop()
					if again := content(t, p); again != first {
						a, b := strings.Split(first, "\n"), strings.Split(again, "\n")
						for i := range min(len(a), len(b)) {
							if a[i] != b[i] {
								t.Errorf("the second start changed something:\n%s\n%s", a[i], b[i])
								break
							}
						}
					}
					b, err := os.ReadFile(filepath.Join(p.data, "demo.json"))
					var file struct {
						URL    string
						People []struct{ Role, Email, Password string }
					}
					if err != nil || json.Unmarshal(b, &file) != nil || file.URL != s.url || len(file.People) != 15 {
						t.Errorf("demo.json: %s, %v", b, err)
					}
					mu.Lock()
					defer mu.Unlock()
					engine := "sqlite"
					if p.URL != "" {
						engine = "postgres"
					}
					made[name+" on "+engine] = first
				})
			})
		}
	})
	same := func(a, b string, want bool) {
		t.Helper()
		if made[a] == "" || made[b] == "" {
			return // no PostgreSQL here
		}
		if (made[a] == made[b]) != want {
			t.Errorf("%q and %q are the same: %v", a, b, !want)
		}
	}
	same("one on sqlite", "one again on sqlite", true)
	same("one on postgres", "one again on postgres", true)
	same("one on sqlite", "two on sqlite", false)
	groups := func(name string) string { // the columns both engines write the same way
		var out []string
		for line := range strings.SplitSeq(made[name], "\n") {
			if strings.HasPrefix(line, "member_persona|") || strings.HasPrefix(line, "access_grant|") {
				out = append(out, line)
			}
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	if made["one on postgres"] != "" && groups("one on sqlite") != groups("one on postgres") {
		t.Error("the engines make other people of the same seed")
	}
}

// A demo keeps off a network it did not make.
func TestDemoKeepsOff(t *testing.T) {
	t.Parallel()
	each(t, example, func(t *testing.T, p place) { // people, and no demo.json
		d := p.look(t)
		defer d.Close()
		before := dump(t, d, nil, "member_member", "group_group")
		s := begin(t, p, "demo")
		if code := s.ended(patience); code != 1 || !strings.Contains(s.log.String(), "there is a network here that is no finished demo") {
			t.Errorf("exit code %d: %s", code, s.log)
		}
		if dump(t, d, nil, "member_member", "group_group") != before {
			t.Error("it changed something")
		}
	})
}
