package faults

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// I9: two servers start on one empty database at the same moment: one of them
// migrates, both serve.
func TestTwoServersStart(t *testing.T) {
	t.Parallel()
	postgres(t, nothing, func(t *testing.T, p place) {
		q := p
		q.data = t.TempDir()
		a, b := begin(t, p, "serve"), begin(t, q, "serve")
		if !a.open() || !b.open() {
			t.Fatalf("one did not start:\n%s\n%s", a.log, b.log)
		}
		d := p.look(t)
		defer d.Close()
		for _, name := range tables(t, d) {
			if strings.HasSuffix(name, "_migration") {
				if n := count(t, d, `SELECT count(*) - count(DISTINCT version_id) FROM `+name); n != 0 {
					t.Errorf("%s has %d steps twice", name, n)
				}
			}
		}
		a.stop()
		b.stop()
	})
}

// two starts two servers on one network.
func two(t *testing.T, p place, args ...string) (a, b *server) {
	t.Helper()
	q := p
	q.data = t.TempDir()
	return start(t, p, append([]string{"serve"}, args...)...), start(t, q, append([]string{"serve"}, args...)...)
}

// I9: what was acknowledged is what the next request is answered, kept pages
// included: by the server that was asked to write, and by another on the same
// network. Of ten thousand reads during writes, none is stale.
func TestNothingStale(t *testing.T) {
	t.Parallel()
	t.Run("one server", func(t *testing.T) {
		each(t, example, func(t *testing.T, p place) {
			a := start(t, p, "serve")
			nothingStale(t, a, a)
			a.stop()
		})
	})
	t.Run("two servers", func(t *testing.T) {
		postgres(t, example, func(t *testing.T, p place) {
			a, b := two(t, p)
			nothingStale(t, a, b)
			a.stop()
			b.stop()
		})
	})
}

// nothingStale changes a group by one server and reads it by another, or the
// same.
func nothingStale(t *testing.T, a, b *server) {
	t.Helper()
	const most = 10000
	writer := a.as("organiser")
	slug := run(t, writer)[0]
	var acknowledged, reads, stale atomic.Int64
	acknowledged.Store(-1)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := int64(0); ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			g := writer.read(slug)
			status, _ := writer.edit(g, fmt.Sprintf("The state is state%06d.", n))
			if status != http.StatusOK {
				t.Errorf("status %d", status)
				return
			}
			acknowledged.Store(n)
		}
	})
	wait(t, "a first change", func() bool { return acknowledged.Load() >= 0 })
	var readers sync.WaitGroup
	for i := range 4 {
		visitor := b.visitor()
		path := "/groups/" + slug
		if i == 3 {
			path = "/groups?q=state"
		}
		readers.Go(func() {
			for reads.Add(1) <= most || acknowledged.Load() < 30 && t.Context().Err() == nil {
				least := acknowledged.Load()
				status, body := visitor.get(path)
				_, rest, ok := strings.Cut(body, "The state is state")
				var shown int64 = -1
				if ok {
					fmt.Sscanf(rest[:6], "%06d", &shown)
				}
				if status != http.StatusOK || shown < least {
					stale.Add(1)
					t.Errorf("%s: status %d, it shows number %d after %d was acknowledged", path, status, shown, least)
					return
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	wg.Wait()
	if acknowledged.Load() < 30 || stale.Load() != 0 {
		t.Errorf("%d reads were stale during %d changes", stale.Load(), acknowledged.Load())
	}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// I9: rules that say "one" hold over two servers: of two changes made from the
// same revision one is taken, and an address has one account.
func TestOneOfTwo(t *testing.T) {
	t.Parallel()
	postgres(t, example, func(t *testing.T, p place) {
		a, b := two(t, p)
		here := a.as("organiser")
		there := here.to(b) // the same session on the other server
		slug := run(t, there)[1]
		for n := range 10 {
			g := here.read(slug)
			var wg sync.WaitGroup
			statuses := make([]int, 4)
			for i, who := range []*person{here, there, here, there} {
				wg.Go(func() { statuses[i], _ = who.edit(g, fmt.Sprint("By number ", i, " in round ", n)) })
			}
			wg.Wait()
			taken, refused := 0, 0
			for _, s := range statuses {
				switch s {
				case http.StatusOK:
					taken++
				case http.StatusConflict:
					refused++
				}
			}
			if taken != 1 || refused != 3 {
				t.Fatalf("round %d: %v", n, statuses)
			}
			if now := here.read(slug).revision(); now != g.revision()+1 {
				t.Errorf("revision %d after %d", now, g.revision())
			}
		}
		// A form sent to both servers at once has one effect (G5).
		status, body := here.get("/groups/" + slug + "/history")
		_, rest, ok := strings.Cut(body, `action="/groups/`+slug+`/restore"`)
		rest, _, _ = strings.Cut(rest, "</form>")
		form := url.Values{}
		for _, m := range hidden.FindAllStringSubmatch(rest, -1) {
			form.Set(m[1], m[2])
		}
		if status != http.StatusOK || !ok || form.Get("form_key") == "" {
			t.Fatalf("status %d, form %q", status, form)
		}
		before := here.read(slug).revision()
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				who := []*person{here, there}[i%2]
				if status, body := who.post("/groups/"+slug+"/restore", form); status != http.StatusSeeOther {
					t.Errorf("status %d: %.300s", status, body)
				}
			})
		}
		wg.Wait()
		if now := there.read(slug).revision(); now != before+1 {
			t.Errorf("eight at once made %d revisions", now-before)
		}
		// An address has one account, whoever comes first.
		var added, told atomic.Int64
		for range 4 {
			wg.Go(func() {
				out, err := command(append([]string{"member", "add", "same@withus.example", "--name=Same"}, p.flags()...)...).CombinedOutput()
				switch {
				case err == nil:
					added.Add(1)
				case strings.Contains(string(out), "There is an account with this address already."):
					told.Add(1)
				default:
					t.Errorf("%s", out)
				}
			})
		}
		wg.Wait()
		if added.Load() != 1 || told.Load() != 3 {
			t.Errorf("%d were added, %d were refused", added.Load(), told.Load())
		}
		a.stop()
		b.stop()
	})
}

// I9: two servers share one list of things to do; each letter goes out once.
func TestJobsOnce(t *testing.T) {
	t.Parallel()
	postgres(t, example, func(t *testing.T, p place) {
		o := mailOffice(t, nil)
		a, b := two(t, p, "--mail="+o.url, "--mail-from=network@withus.example")
		var to []string
		for i := 10; i <= 10; i++ { // the demo has ten people, nine of them by role, one of whom has no address
			to = append(to, fmt.Sprintf("person%d@withus.example", i))
		}
		for _, role := range []string{"organiser", "organiser2", "member", "supporter", "moderator", "team", "team2", "asked"} {
			to = append(to, role+"@withus.example")
		}
		for i, email := range to {
			// Asked for on both servers: while one waits, no second is added.
			for _, s := range []*server{a, b}[:1+i%2] {
				if status, body := s.visitor().post("/sign-in", url.Values{"email": {email}, "password": {""}, "next": {""}}); status != http.StatusSeeOther {
					t.Fatalf("status %d: %s", status, body)
				}
			}
		}
		d := p.look(t)
		defer d.Close()
		wait(t, "the end of the list", func() bool { return count(t, d, `SELECT count(*) FROM job_job WHERE kind = 'signin.link'`) == 0 })
		got := map[string]int{}
		for _, l := range o.all() {
			got[l.to]++
		}
		most := map[string]int{}
		for i, email := range to {
			most[email] = 1 + i%2 // the second may have been asked for after the first was sent
		}
		for email, n := range got {
			if n > most[email] {
				t.Errorf("%s got %d letters", email, n)
			}
		}
		if len(got) != len(to) {
			t.Errorf("letters went to %d of %d: %v", len(got), len(to), got)
		}
		if n := count(t, d, `SELECT count(*) FROM job_job WHERE tries > 1 OR dead = TRUE`); n != 0 {
			t.Errorf("%d jobs failed", n)
		}
		a.stop()
		b.stop()
	})
}

// I9: what comes round comes round once, however many servers there are.
func TestSchedulesOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, kit.Ground[1:], func(t *testing.T, p dbtest.Place) {
		t.Parallel()
		var ran [5]atomic.Int64
		var schedules []job.Schedule
		for i := range ran {
			schedules = append(schedules, job.Schedule{Name: fmt.Sprint("number", i), Every: 1000 * time.Hour, Run: func(context.Context) error { ran[i].Add(1); return nil }})
		}
		var queues []*job.Queue
		for range 4 {
			d := dbtest.Open(t, p)
			queues = append(queues, job.New(d, slog.New(slog.DiscardHandler), nil, schedules))
		}
		for _, q := range queues {
			q.Start(context.Background())
		}
		d := dbtest.Open(t, p)
		wait(t, "every schedule", func() bool {
			for i := range ran {
				if ran[i].Load() == 0 {
					return false
				}
			}
			return count(t, d, `SELECT count(*) FROM job_job`) == 0
		})
		for _, q := range queues {
			q.Stop()
		}
		for i := range ran {
			if n := ran[i].Load(); n != 1 {
				t.Errorf("number %d ran %d times", i, n)
			}
		}
	})
}

// The command line works beside a running server, and the server sees what it
// did; on SQLite, where both write one file, too.
func TestCommandBesideServer(t *testing.T) {
	t.Parallel()
	each(t, example, func(t *testing.T, p place) {
		o := mailOffice(t, nil)
		s := start(t, p, "serve", "--mail="+o.url, "--mail-from=network@withus.example")
		// The server writes all the while.
		organiser := s.as("organiser")
		slug := run(t, organiser)[2]
		stop := make(chan struct{})
		var wg sync.WaitGroup
		var edits atomic.Int64
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if status, _ := organiser.edit(organiser.read(slug), fmt.Sprint("Number ", n)); status != http.StatusOK {
					t.Errorf("status %d", status)
					return
				}
				edits.Add(1)
			}
		})
		do := func(args ...string) string {
			t.Helper()
			out, err := command(append(args, p.flags()...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("%q: %v\n%s", args, err, out)
			}
			return string(out)
		}
		for i := range 5 {
			do("member", "add", fmt.Sprintf("new%d@withus.example", i), fmt.Sprintf("--name=New %d", i))
		}
		do("group", "organiser", "add", slug, "new3@withus.example")
		if out := do("member", "export", "new3@withus.example"); !strings.Contains(out, "new3@withus.example") {
			t.Errorf("%s", out)
		}
		do("member", "erase", "new4@withus.example", "--yes")
		close(stop)
		wg.Wait()
		if edits.Load() == 0 {
			t.Error("the server wrote nothing meanwhile")
		}
		// One who was added a moment ago gets a link and may edit.
		v := s.visitor()
		for _, email := range []string{"new3@withus.example", "new4@withus.example"} {
			if status, _ := v.post("/sign-in", url.Values{"email": {email}, "password": {""}, "next": {""}}); status != http.StatusSeeOther {
				t.Fatalf("status %d", status)
			}
		}
		d := p.look(t)
		defer d.Close()
		wait(t, "the letters", func() bool { return count(t, d, `SELECT count(*) FROM job_job WHERE kind = 'signin.link'`) == 0 })
		letters := o.all()
		if len(letters) != 1 || letters[0].to != "new3@withus.example" {
			t.Fatalf("%+v", letters)
		}
		text := strings.ReplaceAll(letters[0].text, "=\n", "")
		_, rest, _ := strings.Cut(text, "/sign-in/link/")
		token := rest[:26]
		if status, body := v.post("/sign-in/link/"+token, nil); status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", status, body)
		}
		if status, body := v.get("/you"); status != http.StatusOK || !strings.Contains(body, "new3@withus.example") || !strings.Contains(body, "/groups/"+slug+"/edit") {
			t.Errorf("status %d: %s", status, body)
		}
		if status, _ := v.edit(v.read(slug), "By the new one"); status != http.StatusOK {
			t.Errorf("editing: status %d", status)
		}
		// What the command line writes is seen on kept pages too.
		write(t, d, `UPDATE group_group SET about = 'Written beside the server'`)
		err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error { tx.Changed("group"); return nil })
		if err != nil {
			t.Fatal(err)
		}
		wait(t, "what was written beside the server", func() bool {
			_, body := s.visitor().get("/groups/" + slug)
			return strings.Contains(body, "Written beside the server")
		})
		s.stop()
	})
}

// I9: the same list taken in by several at once, beside a server that is being
// written to, makes each group once; groups of one name have an address each.
func TestImportsTogether(t *testing.T) {
	t.Parallel()
	each(t, example, func(t *testing.T, p place) {
		s := start(t, p, "serve")
		organiser := s.as("organiser")
		slug := run(t, organiser)[0]
		list := func(head string, rows int, row string) string {
			text := head + "\n"
			for i := range rows {
				text += strings.ReplaceAll(row, "#", fmt.Sprint(i)) + "\n"
			}
			file := filepath.Join(t.TempDir(), "list.csv")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return file
		}
		same, fresh := list("name,area,country", 40, "Import number #,Town,GB"), list("id,name,area,country", 5, "new,Same Name,Town #,GB")
		take := func(file string) bool {
			out, err := command(append([]string{"import", "groups", file, "--publish"}, p.flags()...)...).CombinedOutput()
			if goWords.Match(out) || err != nil && !strings.Contains(string(out), "withus: ") {
				t.Errorf("%v\n%s", err, out)
			}
			return err == nil
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				take(same)
				take(fresh)
			})
		}
		for n := range 10 {
			if status, _ := organiser.edit(organiser.read(slug), fmt.Sprint("Meanwhile ", n)); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
		}
		wg.Wait()
		if !take(same) || !take(fresh) { // whoever was too late for a row finds it there
			t.Error("a list is refused")
		}
		d := p.look(t)
		defer d.Close()
		for prefix, want := range map[string]int{"Import number": 40, "Same Name": 5} {
			var groups, slugs, history, found int
			err := d.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT slug) FROM group_group WHERE substr(name, 1, length($1)) = $1`, prefix).Scan(&groups, &slugs)
			if err == nil {
				err = d.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM record_revision r JOIN group_group g ON g.id = r.thing WHERE substr(g.name, 1, length($1)) = $1),
					(SELECT count(*) FROM search_doc s JOIN group_group g ON g.id = s.thing WHERE substr(g.name, 1, length($1)) = $1)`, prefix).Scan(&history, &found)
			}
			if err != nil || groups != want || slugs != want || history != want || found != want {
				t.Errorf("%s: %d groups, %d addresses, %d revisions, %d can be found, want %d; %v", prefix, groups, slugs, history, found, want, err)
			}
		}
		s.stop()
	})
}
