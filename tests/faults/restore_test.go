package faults

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/media"
)

// network is a place with its pictures.
type network struct {
	place
	media string
}

func (n network) run(args ...string) (says string, code int) {
	c := command(slices.Concat(args, n.flags(), []string{"--media=" + n.media})...)
	b, _ := c.CombinedOutput() // the exit code says it
	return string(b), c.ProcessState.ExitCode()
}

// mark makes a network one that can be told from others, by a row and a picture.
func (n network) mark(t *testing.T, word string) {
	t.Helper()
	d := n.look(t)
	defer d.Close()
	write(t, d, `UPDATE group_group SET about = $1`, word)
	f, err := media.OpenFolder(n.media)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 5 {
		if err := f.Put(t.Context(), media.Key(id.New(t.Context()), 480), []byte(word)); err != nil {
			t.Fatal(err)
		}
	}
}

// is says which network it is by now, and whether it is in one piece. Opening it
// ends what a restore that was killed left.
func (n network) is(t *testing.T) string {
	t.Helper()
	if says, code := n.run("jobs", "list"); code != 0 {
		t.Fatalf("it can't be opened: %s", says)
	}
	d := n.look(t)
	defer d.Close()
	words, err := db.All(t.Context(), d, db.Text, `SELECT DISTINCT about FROM group_group`)
	if err != nil || len(words) != 1 {
		t.Fatalf("it is %q, %v", words, err)
	}
	if groups, people, docs := count(t, d, `SELECT count(*) FROM group_group`), count(t, d, invented),
		count(t, d, `SELECT count(*) FROM search_doc`); groups != 10 || people != 10 || docs < 10 {
		t.Errorf("%s: %d groups, %d people, %d can be found", words[0], groups, people, docs)
	}
	if d.Dialect == db.SQLite {
		if check, err := db.One(t.Context(), d, db.Text, `PRAGMA integrity_check`); err != nil || check != "ok" {
			t.Errorf("%s, %v", check, err)
		}
	}
	all, err := os.ReadDir(n.media)
	if err != nil || len(all) != 5 {
		t.Errorf("%s: there are the files %v, %v", words[0], all, err)
	}
	for _, e := range all {
		b, err := os.ReadFile(filepath.Join(n.media, e.Name()))
		if err != nil || string(b) != words[0] {
			t.Errorf("the network is %s, a picture %q, %v", words[0], b, err)
		}
	}
	if left, err := os.ReadDir(n.data); err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return strings.Contains(e.Name(), "next") }) {
		t.Errorf("left over: %v, %v", left, err)
	}
	if d.Dialect == db.Postgres && count(t, d, `SELECT count(*) FROM pg_namespace WHERE nspname = 'db_next'`) > 0 {
		t.Error("a schema is left over")
	}
	return words[0]
}

// A restore that is killed at any moment leaves the network that was there or
// the one that was to come, whole, with its own pictures.
func TestKilledWhileRestoring(t *testing.T) {
	t.Parallel()
	rounds := 10
	if testing.Short() {
		rounds = 4
	}
	each(t, example, func(t *testing.T, p place) {
		n := network{p, t.TempDir()}
		n.mark(t, "one")
		files := map[string]string{}
		for _, word := range []string{"one", "two"} {
			files[word] = filepath.Join(t.TempDir(), word)
			if says, code := n.run("backup", "create", files[word]); code != 0 {
				t.Fatal(says)
			}
			if word == "one" { // the next is another
				if err := os.RemoveAll(n.media); err != nil {
					t.Fatal(err)
				}
				n.mark(t, "two")
			}
		}
		begun := time.Now()
		if says, code := n.run("backup", "restore", files["one"], "--replace"); code != 0 || n.is(t) != "one" {
			t.Fatalf("it is %s, and says %s", n.is(t), says)
		}
		long := time.Since(begun)
		outcomes := map[string]int{}
		now := "one"
		for round := range rounds {
			next := map[string]string{"one": "two", "two": "one"}[now]
			c := command(slices.Concat([]string{"backup", "restore", files[next], "--replace"}, n.flags(), []string{"--media=" + n.media})...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(rand.N(long))
			c.Process.Kill() // it may have ended already
			c.Wait()         // killed, as a rule
			got := n.is(t)
			if got != now && got != next {
				t.Fatalf("round %d: it is %s", round, got)
			}
			outcomes[map[bool]string{true: "the old one", false: "the new one"}[got == now]]++
			now = got
		}
		t.Logf("%v, in %v each", outcomes, long)
	})
}

// Nothing is put in the place of a network that is being served, and a server
// that was killed is in nobody's way.
func TestRestoreWhileServing(t *testing.T) {
	t.Parallel()
	each(t, example, func(t *testing.T, p place) {
		p.demo(t)
		n := network{p, t.TempDir()}
		n.mark(t, "one")
		s := start(t, p, "demo")
		file := filepath.Join(t.TempDir(), "backup")
		if says, code := n.run("backup", "create", file); code != 0 {
			t.Fatal(says)
		}
		if says, code := n.run("backup", "restore", file, "--replace"); code != 1 || !strings.Contains(says, "stop its server") {
			t.Errorf("exit code %d: %s", code, says)
		}
		if s.visitor().read("open-door-collective") == nil {
			t.Error("the server does not answer any more")
		}
		s.kill()
		if says, code := n.run("backup", "restore", file, "--replace"); code != 0 || n.is(t) != "one" {
			t.Errorf("exit code %d: %s", code, says)
		}
	})
}
