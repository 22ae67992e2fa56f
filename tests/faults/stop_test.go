package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// dial opens a connection of its own to a server.
func dial(t *testing.T, s *server) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// closed waits until a server takes no more connections.
func closed(t *testing.T, s *server) {
	t.Helper()
	wait(t, "the end of new connections", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err == nil {
			c.Close()
		}
		return err != nil
	})
}

// I12: told to stop, the server takes no more requests, finishes the ones under
// way, and ends with 0.
func TestStopWithRequestsUnderWay(t *testing.T) {
	t.Parallel()
	each(t, example, func(t *testing.T, p place) {
		s := start(t, p, "serve")
		form := url.Values{"email": {"organiser@withus.example"}, "password": {"withus-organiser"}, "next": {""}}.Encode()
		var conns []net.Conn
		var answers []*bufio.Reader
		for i := range 8 { // half sent: each is under way until its other half comes
			c := dial(t, s)
			fmt.Fprintf(c, "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(form))
			in := bufio.NewReader(c)
			res, err := http.ReadResponse(in, nil)
			if err != nil || res.StatusCode != http.StatusContinue {
				t.Fatalf("number %d: %v, %v", i, res, err)
			}
			io.WriteString(c, form[:20])
			conns, answers = append(conns, c), append(answers, in)
		}
		idle := dial(t, s) // says nothing at all; it is waited for, but not long
		begun := time.Now()
		s.tell()
		closed(t, s)
		for i, c := range conns {
			io.WriteString(c, form[20:])
			res, err := http.ReadResponse(answers[i], nil)
			if err != nil {
				t.Fatalf("number %d: %v\n%s", i, err, s.log)
			}
			if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
				t.Errorf("number %d: status %d", i, res.StatusCode)
			}
			res.Body.Close()
			c.Close()
		}
		if code := s.ended(patience); code != 0 || time.Since(begun) > 15*time.Second {
			t.Errorf("exit code %d after %v:\n%s", code, time.Since(begun), s.log)
		}
		idle.Close()
		d := p.look(t)
		defer d.Close()
		if n := count(t, d, `SELECT count(*) FROM signin_session`); n != 8 {
			t.Errorf("%d sessions of 8 acknowledged ones", n)
		}
	})
}

// I12: a job under way is finished before the end, and not done again.
func TestStopWithJobUnderWay(t *testing.T) {
	t.Parallel()
	each(t, example, func(t *testing.T, p place) {
		o := mailOffice(t, make(chan struct{}))
		args := []string{"serve", "--mail=" + o.url, "--mail-from=network@withus.example"}
		s := start(t, p, args...)
		ask(t, s, "member@withus.example")
		<-o.came
		ask(t, s, "team@withus.example") // the second of the two that are done at once
		<-o.came
		ask(t, s, "supporter@withus.example") // waits on the list
		s.tell()
		closed(t, s)
		close(o.hold)
		if code := s.ended(patience); code != 0 {
			t.Errorf("exit code %d:\n%s", code, s.log)
		}
		d := p.look(t)
		defer d.Close()
		left := count(t, d, `SELECT count(*) FROM job_job WHERE kind = 'signin.link'`)
		if n := len(o.all()); n+left != 3 || left > 1 {
			t.Errorf("%d letters are sent, %d wait", n, left)
		}
		s = start(t, p, args...)
		wait(t, "the end of the list", func() bool { return count(t, d, `SELECT count(*) FROM job_job WHERE kind = 'signin.link'`) == 0 })
		got := map[string]int{}
		for _, l := range o.all() {
			got[l.to]++
		}
		if len(got) != 3 || len(o.all()) != 3 {
			t.Errorf("letters: %v", got)
		}
		s.stop()
	})
}

func ask(t *testing.T, s *server, email string) {
	t.Helper()
	if status, body := s.visitor().post("/sign-in", url.Values{"email": {email}, "password": {""}, "next": {""}}); status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", status, body)
	}
}

// I12: what takes too long is not waited for: the program ends in its time and
// with 0, and the job stays on the list.
func TestStopWithoutEnd(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it waits for the whole time a server is given to stop")
	}
	each(t, example, func(t *testing.T, p place) {
		o := mailOffice(t, make(chan struct{}))
		s := start(t, p, "serve", "--mail="+o.url, "--mail-from=network@withus.example")
		ask(t, s, "member@withus.example")
		<-o.came
		c := dial(t, s)
		io.WriteString(c, "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail")
		begun := time.Now()
		s.tell()
		if code := s.ended(25 * time.Second); code != 0 {
			t.Errorf("exit code %d:\n%s", code, s.log)
		}
		if took := time.Since(begun); took < 10*time.Second || took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		close(o.hold)
		d := p.look(t)
		defer d.Close()
		if n := count(t, d, `SELECT count(*) FROM job_job WHERE kind = 'signin.link' AND dead = FALSE`); n != 1 {
			t.Errorf("%d such jobs are on the list", n)
		}
	})
}
