package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// browser fills in forms over the wire, without scripts.
type browser struct {
	t    *testing.T
	base string
	http.Client
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)"`)

// read gives where an answer was found, and its words.
func (b *browser) read(res *http.Response, err error) (path, body string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.Request.URL.Path, string(all)
}

// send fills in the form of a page, and says where that leads.
func (b *browser) send(page string, fields url.Values) (path, body string) {
	b.t.Helper()
	_, form := b.read(b.Get(b.base + page))
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		if fields[m[1]] == nil {
			fields.Set(m[1], m[2])
		}
	}
	return b.read(b.PostForm(b.base+page, fields))
}

// The program as it is started on a new machine: the code is printed, two
// people open the network in a browser, and the next start asks nobody.
func TestFirstRunOfTheProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, addr := t.TempDir(), freeAddr(t)
	start := func() (said []string, stop func()) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		c := exec.CommandContext(ctx, self, "serve", "--data="+dir, "--addr="+addr)
		c.Env = append(clean(), "WITHUS_TEST_IS_COMMAND=1")
		out, err := c.StdoutPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said = append(said, lines.Text())
			if strings.HasPrefix(lines.Text(), "Open http") {
				break
			}
		}
		return said, func() {
			t.Helper()
			defer cancel()
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
		}
	}
	codeIn := func(said []string) string {
		for _, l := range said {
			if _, code, ok := strings.Cut(l, "/first-run and type this code: "); ok {
				return code
			}
		}
		return ""
	}
	said, stop := start()
	old := codeIn(said)
	stop()
	said, stop = start()
	code := codeIn(said)
	if old == "" || code == "" || code == old {
		t.Fatalf("the codes of two starts are %q and %q: %v", old, code, said)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t, "http://" + addr, http.Client{Jar: jar, Timeout: 30 * time.Second}}
	if path, _ := b.read(b.Get(b.base + "/groups")); path != "/first-run" {
		t.Errorf("a page leads to %s", path)
	}
	if path, _ := b.send("/first-run", url.Values{"code": {old}}); path != "/first-run" {
		t.Errorf("the code of a start before leads to %s", path)
	}
	for _, step := range []struct {
		page, to string
		fields   url.Values
	}{
		{"/first-run", "/first-run/name", url.Values{"code": {code}}},
		{"/first-run/name", "/first-run/colours", url.Values{"name": {"River Network"}, "leave": {"https://weather.example/"}}},
		{"/first-run/colours", "/first-run/languages", url.Values{"primary": {"#003c3c"}, "accent": {"#f3b53a"}}},
		{"/first-run/languages", "/first-run/mail", url.Values{"languages": {"en", "fr"}, "first": {"en"}}},
		{"/first-run/mail", "/first-run/you", url.Values{"do": {"later"}}},
		{"/first-run/you", "/first-run/second", url.Values{"name": {"Ana"}, "email": {"ana@river.example"}, "password": {"four words in a row"}, "repeat": {"four words in a row"}}},
		{"/first-run/second", "/first-run/open", url.Values{"name": {"Ben"}, "email": {"ben@river.example"}, "password": {"other words in a row"}, "repeat": {"other words in a row"}}},
		{"/first-run/open", "/desk", url.Values{}},
	} {
		path, body := b.send(step.page, step.fields)
		if path != step.to {
			t.Fatalf("%s leads to %s, not to %s:\n%s", step.page, path, step.to, body)
		}
		if step.to == "/desk" && (!strings.Contains(body, "Your network is open") || !strings.Contains(body, "River Network")) {
			t.Errorf("the desk says:\n%s", body)
		}
	}
	stop()
	if said, stop = start(); codeIn(said) != "" {
		t.Errorf("it is open, and says: %v", said)
	}
	if res, err := b.Get(b.base + "/first-run"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("%v %v", res, err)
	}
	if path, body := b.read(b.Get(b.base + "/settings")); path != "/settings" || !strings.Contains(body, "River Network") {
		t.Errorf("after a start, she is at %s:\n%s", path, body)
	}
	stop()
}
