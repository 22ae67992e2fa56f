package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/ui"
	"withus.example/platform/web/webtest"
)

// saveFile is save, with the length of the file in the words.
func (h *hall) saveFile(r *Request, f *ui.Form) (Next, error) {
	if f.Get("words") == "short" {
		return Next{}, fault.Wrong("words", "note.short")
	}
	f.Values.Set("words", fmt.Sprintf("%s %d %q", f.Get("words"), len(f.Files["file"]), f.Files["file"][:min(len(f.Files["file"]), 9)]))
	return h.save(r, f)
}

// part is one part of a form; file, if it has the name of one.
type part struct{ name, file, content string }

// parts is a form of several parts, and its media type.
func parts(t testing.TB, all ...part) (*bytes.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range all {
		create := func() (interface{ Write([]byte) (int, error) }, error) { return w.CreateFormField(p.name) }
		if p.file != "" {
			create = func() (interface{ Write([]byte) (int, error) }, error) { return w.CreateFormFile(p.name, p.file) }
		}
		to, err := create()
		if err == nil {
			_, err = to.Write([]byte(p.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes()), w.FormDataContentType()
}

const filePath = "/notes/one/file"

func upload(v *webtest.Visitor, all ...part) *webtest.Page {
	v.T.Helper()
	b, kind := parts(v.T, all...)
	return v.Do(http.MethodPost, filePath, b, kind)
}

// A form with a file keeps all that forms keep: once, and nothing lost.
func TestUpload(t *testing.T) {
	halls(t, func(t *testing.T, h *hall) {
		ana, key := h.visitor("ana"), part{formKeyField, "", id.New(t.Context())}
		words := part{"words", "", "with a file"}
		file := part{"file", `..\..\"x.html`, "\x00\x01\xff<b>"}
		before := h.effects()
		for range 3 {
			if p := upload(ana, key, words, file); p.Status != http.StatusSeeOther {
				t.Fatalf("status %d\n%s", p.Status, p.Text())
			}
		}
		if n := h.effects() - before; n != 1 {
			t.Errorf("sent three times it had %d effects", n)
		}
		if s, err := h.words(t.Context(), "one"); err != nil || s != `with a file 6 "\x00\x01\xff<b>"` {
			t.Errorf("%q %v", s, err)
		}
		// Something is wrong: the words come back, the file does not.
		p := upload(ana, part{formKeyField, "", id.New(t.Context())}, part{"words", "", "short"}, part{"more", "", "kept <words>"}, file)
		if p.Status != http.StatusUnprocessableEntity || p.Form(t, "").Get("more") != "kept <words>" || p.Form(t, "").Has("file") {
			t.Errorf("status %d: %v", p.Status, p.Form(t, ""))
		}
		// Signed out meanwhile: the words wait for them.
		v := h.visitor("")
		p = upload(v, part{formKeyField, "", id.New(t.Context())}, part{"words", "", "typed before"}, file)
		if p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), "/sign-in?next=") {
			t.Errorf("status %d", p.Status)
		}
		v.Cookies[h.SessionCookie()] = "ana"
		if got := v.Get(filePath).Form(t, "").Get("words"); got != "typed before" {
			t.Errorf("after signing in it says %q", got)
		}
		if n := h.uploads.Load(); n != 0 {
			t.Errorf("%d files are still on their way", n)
		}
	})
}

func TestUploadRefused(t *testing.T) {
	h := inHall(t)
	ana := h.visitor("ana")
	key := func() part { return part{formKeyField, "", id.New(t.Context())} }
	before := h.effects()
	long := strings.Repeat("x", MaxFile+10)
	for name, c := range map[string]struct {
		parts  []part
		status int
	}{
		"no key":                 {[]part{{"words", "", "x"}}, 422},
		"a field too many":       {[]part{key(), {"words", "", "x"}, {"role", "", "team"}}, 422},
		"a file too many":        {[]part{key(), {"words", "", "x"}, {"other", "x.jpg", "x"}}, 422},
		"a field without a name": {[]part{key(), {"", "", "x"}}, 422},
		"very many fields":       {append([]part{key()}, make([]part, mostFields+5)...), 413},
		"very long words":        {[]part{key(), {"words", "", strings.Repeat("x", formSize+1)}}, 413},
		"hidden signs":           {[]part{key(), {"words", "", "a\x00b"}}, 422},
		"far too long a file":    {[]part{key(), {"words", "", "x"}, {"file", "x", strings.Repeat(long, 6)}}, 413},
	} {
		if p := upload(ana, c.parts...); p.Status != c.status {
			t.Errorf("%s: status %d", name, p.Status)
		}
	}
	if n := h.effects() - before; n != 0 {
		t.Errorf("%d effects", n)
	}
	// A form that takes no file takes no parts.
	b, kind := parts(t, key(), part{"words", "", "x"})
	if p := ana.Do(http.MethodPost, "/notes/one/edit", b, kind); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("parts for a form without files: status %d", p.Status)
	}
	// Half a body, no boundary.
	for body, kind := range map[string]string{"--x\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\nhalf": "multipart/form-data; boundary=x", "x": "multipart/form-data"} {
		if p := ana.Do(http.MethodPost, filePath, strings.NewReader(body), kind); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", body, p.Status)
		}
	}
	// A file that is too long arrives one byte too long, and no longer.
	upload(ana, key(), part{"words", "", "long"}, part{"file", "x", long})
	if s, err := h.words(t.Context(), "one"); err != nil || !strings.HasPrefix(s, fmt.Sprint("long ", MaxFile+1, " ")) {
		t.Errorf("%.30q %v", s, err)
	}
	// Too many at a time.
	h.uploads.Store(mostUploads)
	if p := upload(ana, key(), part{"words", "", "x"}); p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: status %d", p.Status)
	}
	if p := upload(h.visitor(""), key(), part{"words", "", "x"}); p.Status != http.StatusSeeOther {
		t.Errorf("a visitor meanwhile: status %d", p.Status)
	}
	if n := h.uploads.Load(); n != mostUploads {
		t.Errorf("%d are counted", n)
	}
}
