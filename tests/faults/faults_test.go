// Package faults breaks the running program from outside: it kills it, stops
// it, starts it twice, starves it, and looks at what is left.
package faults

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/mail"
)

// program is the path of the withus that is broken here. It carries the race
// detector where watched says so.
var program string

func TestMain(m *testing.M) {
	// Most of these tests wait for others most of the time.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "withus-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "withus")
	args, cgo := []string{"build", "-trimpath", "-buildvcs=false", "-o", program}, "CGO_ENABLED=0"
	if watched {
		args, cgo = append(args, "-race"), "CGO_ENABLED=1"
	}
	c := exec.Command("go", append(args, "withus.example/cmd/withus")...)
	c.Env = append(os.Environ(), cgo)
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return 1
	}
	return m.Run()
}

// patience is how long a test waits for what ought to happen at once.
const patience = 60 * time.Second

// example is a small demo network.
var example = dbtest.Template{Name: "faults_example", Make: func(ctx context.Context, at dbtest.Place) error {
	a, err := app.Open(ctx, app.Options{Store: conf.Store{Data: at.Dir, Database: at.URL, Media: "none", Erased: filepath.Join(filepath.Dir(program), "ledger")},
		Network: conf.Network{Name: "Open Door Network", Languages: []string{"en", "es", "fr", "ar"}, Leave: "https://www.wikipedia.org/"},
		Serving: conf.Serving{URL: "http://127.0.0.1"}, Mail: &mail.Tray{}, Demo: true})
	if err != nil {
		return err
	}
	_, err = a.FillDemo(ctx, 1, 10, 10)
	if err == nil { // no organiser is asked anything by mail: these tests count letters
		err = a.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM record_suggestion`)
			return err
		})
	}
	return errors.Join(err, a.Close())
}}

// invented counts the people a demo was asked for: those in the network, but for
// the few whom its lists of before brought along.
const invented = `SELECT count(*) FROM member_member m LEFT JOIN arrival_person a ON a.owner_member_id = m.id
	WHERE m.standing = 'in' AND m.leaving = FALSE AND a.owner_member_id IS NULL`

// nothing is a database nobody has touched.
var nothing = dbtest.Template{Name: "faults_nothing", Make: func(ctx context.Context, at dbtest.Place) error {
	d, err := db.Open(ctx, at.URL, at.Dir)
	if err != nil {
		return err
	}
	return d.Close()
}}

// place is where a test's network is; a data folder besides, on PostgreSQL too.
type place struct {
	dbtest.Place
	data string
}

func at(t *testing.T, p dbtest.Place) place {
	t.Helper()
	if p.URL == "" {
		return place{p, p.Dir}
	}
	return place{p, t.TempDir()}
}

// each runs a test on each engine, several at the same time.
func each(t *testing.T, tm dbtest.Template, fn func(t *testing.T, p place)) {
	t.Helper()
	dbtest.From(t, tm, func(t *testing.T, p dbtest.Place) {
		t.Parallel()
		fn(t, at(t, p))
	})
}

// postgres runs a test on PostgreSQL alone.
func postgres(t *testing.T, tm dbtest.Template, fn func(t *testing.T, p place)) {
	t.Helper()
	dbtest.From(t, tm, func(t *testing.T, p dbtest.Place) {
		if p.URL == "" {
			t.Skip("several servers share PostgreSQL only")
		}
		t.Parallel()
		fn(t, at(t, p))
	})
}

// flags say where the network is.
func (p place) flags() []string {
	out := []string{"--data=" + p.data}
	if p.URL != "" {
		out = append(out, "--database="+p.URL)
	}
	return out
}

// demo makes the folder look as if demo had filled it.
func (p place) demo(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.data, "demo.json"), []byte(`{"url": "", "people": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
}

// look gives the database, to see what is left in it.
func (p place) look(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), p.URL, p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// server is a running withus.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	log  *said
	done chan struct{} // closed once it has ended
}

// said gathers what a process says, for many to read while it talks.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func command(args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "WITHUS_") {
			c.Env = append(c.Env, v)
		}
	}
	return c
}

// begin starts withus without waiting for it.
func begin(t *testing.T, p place, args ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	s := &server{t: t, url: "http://" + addr, log: &said{}, done: make(chan struct{})}
	s.cmd = command(slices.Concat(args, p.flags(), []string{"--addr=" + addr})...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait() // how it ended is in ProcessState
		close(s.done)
	}()
	t.Cleanup(s.kill)
	return s
}

// start starts withus and waits until it says that it is open.
func start(t *testing.T, p place, args ...string) *server {
	t.Helper()
	s := begin(t, p, args...)
	if !s.open() {
		t.Fatalf("it did not start:\n%s", s.log)
	}
	return s
}

// open waits until it says that it is open; false if it ended instead.
func (s *server) open() bool {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	if watched { // a demo takes twenty times as long to make under the detector
		deadline = deadline.Add(3 * patience)
	}
	for time.Now().Before(deadline) {
		if strings.Contains(s.log.String(), "Open "+s.url+"\n") {
			return true
		}
		select {
		case <-s.done:
			return strings.Contains(s.log.String(), "Open "+s.url+"\n")
		case <-time.After(2 * time.Millisecond):
		}
	}
	return false
}

// kill ends it without a word.
func (s *server) kill() {
	s.cmd.Process.Kill() // it may have ended already
	<-s.done
	if strings.Contains(s.log.String(), "DATA RACE") {
		s.t.Errorf("a race:\n%s", s.log)
	}
}

// tell asks it to stop.
func (s *server) tell() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
}

// ended waits until it has stopped by itself, and gives its exit code.
func (s *server) ended(within time.Duration) int {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(within):
		s.t.Fatalf("it still runs after %v:\n%s", within, s.log)
	}
	return s.cmd.ProcessState.ExitCode()
}

func (s *server) stop() {
	s.t.Helper()
	s.tell()
	if code := s.ended(patience); code != 0 {
		s.t.Errorf("exit code %d:\n%s", code, s.log)
	}
}

// person is somebody with a browser or a program of their own.
type person struct {
	t    *testing.T
	http *http.Client
	url  string
}

func (s *server) visitor() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	// Connections of its own: one that a dead server left is not used again.
	p := &person{s.t, &http.Client{Jar: jar, Timeout: patience, Transport: &http.Transport{}}, s.url}
	p.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.t.Cleanup(p.http.CloseIdleConnections)
	return p
}

// as is somebody of the demo network, signed in.
func (s *server) as(role string) *person {
	s.t.Helper()
	p := s.visitor()
	p.signIn(role)
	return p
}

func (p *person) signIn(role string) {
	p.t.Helper()
	res, err := p.http.PostForm(p.url+"/sign-in", url.Values{"email": {role + "@withus.example"}, "password": {"withus-" + role}})
	if err != nil {
		p.t.Fatal(err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		p.t.Fatalf("signing in: status %d", res.StatusCode)
	}
}

// to is the same person at another server of the network.
func (p *person) to(s *server) *person {
	from, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	there, err := url.Parse(s.url)
	if err != nil {
		p.t.Fatal(err)
	}
	q := s.visitor()
	q.http.Jar.SetCookies(there, p.http.Jar.Cookies(from))
	return q
}

// get asks for a path; status 0 is no answer.
func (p *person) get(path string) (status int, body string) {
	res, err := p.http.Get(p.url + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

func (p *person) post(path string, form url.Values) (status int, body string) {
	res, err := p.http.PostForm(p.url+path, form)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

// group is a group as the API gives it, whatever fields it has.
type group map[string]any

func (g group) revision() int { return int(g["revision"].(float64)) }

// read reads a group by the API; nil is no answer.
func (p *person) read(slug string) group {
	status, body := p.get("/api/v1/groups/" + slug)
	var g group
	if status != http.StatusOK || json.Unmarshal([]byte(body), &g) != nil {
		return nil
	}
	return g
}

// edit changes what a group says of itself; the status 0 is no answer, and
// nobody knows whether it was changed.
func (p *person) edit(g group, about string) (status int, now group) {
	change := group{}
	for k, v := range g {
		change[k] = v
	}
	for _, own := range []string{"id", "slug", "changed", "checked", "picture", "life", "farewell", "$schema"} {
		delete(change, own)
	}
	change["about"] = about
	b, err := json.Marshal(change)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPut, p.url+"/api/v1/groups/"+g["slug"].(string), bytes.NewReader(b))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := p.http.Do(r)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, &now); err != nil {
			return 0, nil
		}
	}
	return res.StatusCode, now
}

// count is how many a query says there are.
func count(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// write changes a database behind the program's back.
func write(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tables lists the tables there are.
func tables(t *testing.T, d *db.DB) []string {
	t.Helper()
	q := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if d.Dialect == db.Postgres {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	}
	out, err := db.All(t.Context(), d, db.Text, q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dump is everything in some tables, row by row in order, without the columns
// named.
func dump(t *testing.T, d *db.DB, without []string, names ...string) string {
	t.Helper()
	var out strings.Builder
	for _, name := range names {
		rows, err := d.Query(t.Context(), `SELECT * FROM `+name)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			cells := make([]any, len(columns))
			to := make([]any, len(columns))
			for i := range cells {
				to[i] = &cells[i]
			}
			if err := rows.Scan(to...); err != nil {
				t.Fatal(err)
			}
			line := name
			for i, c := range columns {
				if !slices.Contains(without, c) {
					if b, ok := cells[i].([]byte); ok {
						cells[i] = string(b)
					}
					line += fmt.Sprint("|", c, "=", cells[i])
				}
			}
			lines = append(lines, line)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines)
		out.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return out.String()
}

// post office is a mail server that takes every letter.
type office struct {
	t    *testing.T
	url  string
	hold chan struct{} // if not nil, letters are taken once it is closed
	came chan struct{} // one for each letter that came in, before it is taken

	mu      sync.Mutex
	letters []letter
}

type letter struct{ to, text string }

func mailOffice(t *testing.T, hold chan struct{}) *office {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, url: "smtp://" + l.Addr().String() + "?tls=none", hold: hold, came: make(chan struct{}, 1000)}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go o.serve(c)
		}
	}()
	return o
}

func (o *office) serve(c net.Conn) {
	defer c.Close()
	say := func(s string) { io.WriteString(c, s+"\r\n") }
	say("220 office")
	in := bufio.NewScanner(c)
	var l letter
	for in.Scan() {
		word, _, _ := strings.Cut(strings.ToUpper(in.Text()), " ")
		switch word {
		case "RCPT":
			l.to = strings.Trim(in.Text()[len("RCPT TO:"):], "<> ")
			say("250 ok")
		case "DATA":
			say("354 go on")
			for in.Scan() && in.Text() != "." {
				l.text += in.Text() + "\n"
			}
			o.came <- struct{}{}
			if o.hold != nil {
				<-o.hold
			}
			o.mu.Lock()
			o.letters = append(o.letters, l)
			o.mu.Unlock()
			l = letter{}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (o *office) all() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.letters)
}

// wait waits for what ought to come.
func wait(t *testing.T, what string, ready func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ready() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// goWords are what no answer may hold.
var goWords = regexp.MustCompile(`goroutine \d|runtime error|\.go:\d|panic|invalid character|unexpected (EOF|end)|strconv|sql:|SQLSTATE|SQLITE|net/http|json:|exceeded max depth`)
