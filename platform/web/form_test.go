package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

const formType = "application/x-www-form-urlencoded"

func with(key, words string) url.Values { return url.Values{formKeyField: {key}, "words": {words}} }

// G5: sending twice is sending once, and leads to the same place, one after
// another or all at the same time, pages and buttons alike.
func TestSentTwiceCountsOnce(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		for _, path := range []string{"/notes/one/edit", "/notes/one/drop"} {
			for _, many := range []int{2, 8} {
				before, key := h.effects(), id.New(t.Context())
				led := make([]string, many)
				var wg sync.WaitGroup
				for i := range many {
					send := func() {
						p := h.visitor("ana").PostOnly(path, with(key, "again"))
						if p.Status != http.StatusSeeOther {
							t.Errorf("%s, number %d of %d: status %d", path, i, many, p.Status)
						}
						led[i] = p.Header.Get("Location")
					}
					if many == 2 {
						send()
					} else {
						wg.Go(send)
					}
				}
				wg.Wait()
				if n := h.effects() - before; n != 1 {
					t.Errorf("%s sent %d times had %d effects", path, many, n)
				}
				if led = slices.Compact(led); len(led) != 1 || !strings.HasPrefix(led[0], "/notes?page=") {
					t.Errorf("%s sent %d times led to %q", path, many, led)
				}
			}
		}
	})
}

// A key counts for one person at one address: nobody spends another's.
func TestKeysAreTheirOwners(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		key := id.New(t.Context())
		for _, c := range []struct{ who, path string }{{"ana", "/notes/one/edit"}, {"ben", "/notes/one/edit"}, {"ana", "/notes/one/drop"}, {"ana", "/notes/one/big"}} {
			before := h.effects()
			h.visitor(c.who).PostOnly(c.path, with(key, "x")).Is(t, http.StatusSeeOther)
			if h.effects() != before+1 {
				t.Errorf("%s at %s: someone else's key counted", c.who, c.path)
			}
		}
	})
}

// What came of a form may be lost with the server (I10): the one who sends it
// again is led to a page, never into a wall.
func TestOutcomeLost(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		for _, path := range []string{"/notes/one/edit", "/notes/one/drop"} {
			key, v := id.New(t.Context()), h.visitor("ana")
			v.PostOnly(path, with(key, "x")).Is(t, http.StatusSeeOther)
			err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE db_once SET outcome = ''`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			p := v.PostOnly(path, with(key, "x")).Is(t, http.StatusSeeOther)
			if to := p.Header.Get("Location"); v.Get(to).Status == http.StatusMethodNotAllowed {
				t.Errorf("%s, repeated, leads to %s, which can't be read", path, to)
			}
		}
		if n := h.effects(); n != 2 {
			t.Errorf("%d effects", n)
		}
	})
}

// A mistake spends no key: the same form goes through once it is mended.
func TestMistakeSpendsNothing(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		key, v := id.New(t.Context()), h.visitor("ana")
		p := v.PostOnly("/notes/one/edit", with(key, "short")).Is(t, http.StatusUnprocessableEntity)
		p.Shows(t, "Say a little more", "short")
		if p.Form(t, "").Get(formKeyField) != key {
			t.Error("the form came back with another key")
		}
		if title := p.Body[strings.Index(p.Body, "<title>"):]; !strings.HasPrefix(title, "<title>Error: ") {
			t.Errorf("the title does not say that something is wrong: %.60s", title)
		}
		v.Post("/notes/one/edit", with(key, "long enough")).Is(t, http.StatusOK).Shows(t, "long enough", "Noted.")
	})
}

// A5, G1: what is no form of ours is refused and has no effect.
func TestBrokenForms(t *testing.T) {
	h := inHall(t)
	key := id.New(t.Context())
	ok := with(key, "words").Encode()
	for _, c := range []struct {
		name, path, kind, body string
		status                 int
		shows                  string
	}{
		{"no type", "/notes/one/edit", "", ok, 422, ""},
		{"JSON", "/notes/one/edit", "application/json", `{"words":"x"}`, 422, ""},
		{"several parts", "/notes/one/edit", "multipart/form-data; boundary=x", "--x--", 422, ""},
		{"plain text, as other sites' forms may send", "/notes/one/edit", "text/plain", ok, 422, ""},
		{"a field nobody asked for", "/notes/one/edit", formType, ok + "&role=team", 422, ""},
		{"a button with a field of the page's", "/notes/one/drop", formType, ok + "&more=x", 422, ""},
		{"no key", "/notes/one/edit", formType, "words=x", 422, ""},
		{"a key that is none", "/notes/one/edit", formType, "form_key=1&words=x", 422, ""},
		{"half an escape", "/notes/one/edit", formType, ok + "%", 422, ""},
		{"a semicolon", "/notes/one/edit", formType, ok + ";more=x", 422, ""},
		{"more than 256 KiB", "/notes/one/edit", formType, ok + "&more=" + strings.Repeat("x", formSize), 413, "This is too big"},
		{"very many fields", "/notes/one/edit", formType, ok + strings.Repeat("&more=", mostFields+1), 413, "This is too big"},
		{"what is not there", "/notes/two/edit", formType, ok, 404, "Your words are still here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := h.visitor("ana").Do(http.MethodPost, c.path, strings.NewReader(c.body), c.kind).Is(t, c.status)
			p.Shows(t, c.shows).Hides(t, "invalid URL escape", "invalid semicolon", "MaxBytes", "mime:")
			if h.effects() != 0 {
				t.Error("it had an effect")
			}
		})
	}
	h.visitor("ana").Do(http.MethodPost, "/notes/one/edit", strings.NewReader(ok+"&words="+strings.Repeat("x", formSize-100)), formType).Is(t, http.StatusSeeOther)
}

// Hidden signs are answered clearly, with what was typed kept.
func TestHiddenSignsAreKept(t *testing.T) {
	h := inHall(t)
	for name, raw := range map[string]string{"NUL": "before%00after", "no UTF-8": "before%ffafter"} {
		p := h.visitor("ana").Do(http.MethodPost, "/notes/one/edit", strings.NewReader(formKeyField+"="+id.New(t.Context())+"&words="+raw+"&more=the+rest"), formType)
		p.Is(t, http.StatusUnprocessableEntity).Shows(t, "There are hidden signs in this")
		if f := p.Form(t, ""); f.Get("words") != "beforeafter" || f.Get("more") != "the rest" {
			t.Errorf("%s: what was typed came back as %q", name, f)
		}
	}
	if h.effects() != 0 {
		t.Error("it was saved all the same")
	}
}

const typedWords = "words nobody wants to type twice <b>\n\n& again"

// J2: nothing typed is lost over an error of ours, even if nothing at all can
// be read any more.
func TestKeptOverInternalError(t *testing.T) {
	for _, who := range []string{"ana", ""} {
		h := inHall(t)
		v := h.visitor(who)
		key := id.New(t.Context())
		h.DB.Close()
		p := v.Do(http.MethodPost, "/notes/one/edit", strings.NewReader(url.Values{formKeyField: {key}, "words": {typedWords}, "more": {"a", "b"}}.Encode()), formType)
		if p.Status != http.StatusInternalServerError {
			t.Fatalf("%q: status %d\n%s", who, p.Status, p.Text())
		}
		f := p.Form(t, "")
		if f.Get("words") != typedWords || !slices.Equal(f["more"], []string{"a", "b"}) || f.Get(formKeyField) != key {
			t.Errorf("%q: it came back as %q", who, f)
		}
		p.Hides(t, "sql:", "database is closed")
	}
}

// Nor over a handler that breaks down.
func TestKeptOverPanic(t *testing.T) {
	h := inHall(t)
	p := h.visitor("ana").PostOnly("/notes/one/edit", url.Values{formKeyField: {id.New(t.Context())}, "words": {"panic"}, "more": {"\nthe rest"}}).Is(t, http.StatusInternalServerError)
	if f := p.Form(t, ""); f.Get("more") != "\nthe rest" {
		t.Errorf("it came back as %q", f)
	}
	p.Shows(t, "It is our mistake, not yours")
	p.Hides(t, "goroutine", ".go:", "a handler's secret")
}

// J2: nothing typed is lost over a sign-in that had run out. It waits where
// nobody but the same browser can read it, for this one form.
func TestKeptOverSignIn(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		const path = "/notes/one/edit"
		v := h.visitor("")
		p := v.PostOnly(path, url.Values{formKeyField: {id.New(t.Context())}, "words": {typedWords}, "more": {"the rest"}}).Is(t, http.StatusSeeOther)
		if to := p.Header.Get("Location"); to != "/sign-in?next="+url.QueryEscape(path) {
			t.Fatalf("it led to %s", to)
		}
		if h.effects() != 0 {
			t.Error("a visitor changed something")
		}
		rows, err := db.All(t.Context(), h.DB, db.Text, `SELECT name || ' ' || body FROM web_box`)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		secret := v.Cookies[h.cookie("draft")]
		for _, plain := range []string{"words", "type twice", "the rest", path, secret} {
			if strings.Contains(rows[0], plain) {
				t.Errorf("the table holds %q", plain)
			}
		}
		// Signing in on the way is a form too; it must not use the words up.
		p = v.Post("/sign-in", url.Values{"next": {path}}).Is(t, http.StatusOK)
		p.Shows(t, "What you typed was kept")
		f := p.Form(t, "")
		if f.Get("words") != typedWords || f.Get("more") != "the rest" {
			t.Errorf("it came back as %q", f)
		}
		h.visitor("ben").Get(path).Hides(t, "type twice")                   // another browser
		v.Get("/notes/one/big").Is(t, http.StatusOK).Hides(t, "type twice") // another form
		if v.Get(path).Shows(t, "What you typed was kept"); h.count(`SELECT count(*) FROM web_box`) != 1 {
			t.Error("looking at it used it up")
		}
		v.Post(path, f).Is(t, http.StatusOK).Shows(t, "Noted.")
		if n := h.count(`SELECT count(*) FROM web_box`); n != 0 || v.Cookies[h.cookie("draft")] != "" {
			t.Errorf("%d are left once it was saved, cookie %q", n, v.Cookies[h.cookie("draft")])
		}
		v.Get(path).Hides(t, "What you typed was kept")
	})
}

// Words kept for a sign-in are forgotten after a day, whether or not somebody
// swept up; a cookie made up finds nothing.
func TestKeptWordsEnd(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		const path = "/notes/one/edit"
		v := h.visitor("")
		v.PostOnly(path, with(id.New(t.Context()), typedWords))
		secret := v.Cookies["draft"]
		v.Cookies["withus"] = "ana"
		for _, other := range []string{"", "x", strings.ToLower(secret), secret + "A", secret[1:]} {
			v.Cookies["draft"] = other
			v.Get(path).Is(t, http.StatusOK).Hides(t, "type twice")
		}
		v.Cookies["draft"] = secret
		v.Get(path).Shows(t, "type twice")
		age(t, h, 25*time.Hour)
		v.Get(path).Is(t, http.StatusOK).Hides(t, "type twice")
		if err := h.Tidy(t.Context()); err != nil || h.count(`SELECT count(*) FROM web_box`) != 0 {
			t.Error("it was not swept up", err)
		}
		// A draft somebody wrote into the table by hand opens nothing.
		v.Cookies["draft"] = secret
		name, _, err := drafts.open(secret)
		if err != nil {
			t.Fatal(err)
		}
		err = h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO web_box (name, body, ends) VALUES ($1, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', $2)`, name, time.Now().Add(time.Hour))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		v.Get(path).Is(t, http.StatusOK).Shows(t, "first words")
	})
}

func age(t *testing.T, h *hall, by time.Duration) {
	t.Helper()
	err := h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE web_box SET ends = $1`, time.Now().Add(DraftLife-by))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A button pressed after the sign-in ran out keeps nothing and does nothing.
func TestButtonNeedsSignIn(t *testing.T) {
	h := inHall(t)
	p := h.visitor("").PostOnly("/notes/one/drop", with(id.New(t.Context()), "x")).Is(t, http.StatusSeeOther)
	if p.Header.Get("Location") != "/sign-in" {
		t.Errorf("it leads to %q", p.Header.Get("Location"))
	}
	if h.effects() != 0 || h.count(`SELECT count(*) FROM web_box`) != 0 {
		t.Error("it did something")
	}
}

// A form whose work leads out of the house is a mistake of ours.
func TestFormsStayInTheHouse(t *testing.T) {
	h := inHall(t)
	r := &Request{Request: httptestRequest("/come-in"), s: h.Server, w: &blank{head: http.Header{}}}
	for _, to := range []string{"", "//evil.example", "https://evil.example/", `/\evil.example`} {
		if err := h.leaveTo(r, Next{To: to}); err == nil {
			t.Errorf("a form led to %q", to)
		}
	}
}

// Whatever is sent, reading it never panics, and what comes out of it is text
// in fields that were asked for.
func FuzzReadForm(f *testing.F) {
	key := "0b6c3a52-6f2e-4a4e-9d6b-2f4c1f0e9a77"
	for _, s := range []string{"", "words=x", formKeyField + "=" + key + "&words=a+b", formKeyField + "=" + key + "&words=%00&words=%ff", "%", "=", "&&&",
		formKeyField + "=" + key + "&role=team", formKeyField + "=" + strings.ToUpper(key), formKeyField + "=" + key + ";words=x", "words=" + strings.Repeat("x", 70000)} {
		f.Add(s)
	}
	form := &Form{Fields: []string{"words", "more"}}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptestRequest("/notes/one/edit")
		r.Method, r.Body = http.MethodPost, nopCloser{strings.NewReader(body)}
		r.Header.Set("Content-Type", formType)
		got, err := (&Server{}).readForm(&Request{Request: r, w: &blank{head: http.Header{}}}, form, true)
		if err != nil {
			return
		}
		if !id.Valid(got.Key) {
			t.Errorf("the key %q was taken", got.Key)
		}
		for name, vs := range got.Values {
			if !slices.Contains(form.Fields, name) {
				t.Errorf("field %q was taken", name)
			}
			for _, v := range vs {
				if strings.ContainsRune(v, 0) || strings.ToValidUTF8(v, "") != v {
					t.Errorf("%s holds %q", name, v)
				}
			}
		}
		if n := len(fmt.Sprint(got.Values)); n > formSize*2 {
			t.Errorf("%d characters were taken", n)
		}
	})
}
