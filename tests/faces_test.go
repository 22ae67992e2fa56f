package tests

import (
	"bytes"
	"image/jpeg"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"withus.example/app"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// face gives one of somebody's names a picture, and says where it is. A name they
// don't have yet is a new one.
func (h *house) face(v *webtest.Visitor, name string, file []byte, seen string) string {
	h.t.Helper()
	persona, path := h.nameID(name), "/you/names/new"
	if persona != "" {
		path = "/you/names/" + persona
	}
	sendFile(v, path, file, map[string]string{"form_key": id.New(h.t.Context()), "name": name, "seen": seen}).Is(h.t, http.StatusSeeOther)
	at := "/name-pictures/" + fileName.FindString(v.Get("/you/names/"+h.nameID(name)).Is(h.t, http.StatusOK).Body)
	v.Get(at).Is(h.t, http.StatusOK)
	return at
}

// nameID is the persona that goes by a name, "" if none does.
func (h *house) nameID(name string) string {
	h.t.Helper()
	ids, err := db.All(h.t.Context(), h.DB, db.Text, `SELECT id FROM member_persona WHERE name = $1`, name)
	if err != nil || len(ids) > 1 {
		h.t.Fatal(ids, err)
	}
	return strings.Join(ids, "")
}

// F6: of a picture that came with a name nothing but the picture is kept, small; its
// owner sees it where they see the name, and no browser keeps it.
func TestFaceSaysNothingElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const canary, seen = "wharfinger73", "A <blue> teapot"
		v := h.joinBy("teapot@elsewhere.example", "Teapot Nine")
		at := h.face(v, "Teapot Nine", photo(canary), seen)
		h.work()
		if len(h.files()) != 1 {
			t.Fatalf("on disk: %v", h.files())
		}
		b, err := os.ReadFile(filepath.Join(h.kept, h.files()[0]))
		if err != nil || bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte("Exif")) {
			t.Errorf("%v, or it says where it was taken", err)
		}
		for _, found := range holds(h.dump(), canary, "x.html") {
			t.Error(found)
		}
		h.onDisk("after a picture", canary)
		p := v.Get(at).Is(t, http.StatusOK).Hides(t, canary)
		if m, err := jpeg.Decode(strings.NewReader(p.Body)); err != nil || m.Bounds().Dx() != 240 {
			t.Errorf("it is %v, %v", m.Bounds(), err)
		}
		for name, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store", "Etag": "", "Last-Modified": ""} {
			if got := p.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		for _, page := range []string{"/you", "/you/names", "/you/names/" + h.nameID("Teapot Nine"), "/you/data"} {
			if body := v.Get(page).Is(t, http.StatusOK).Body; !strings.Contains(body, `src="`+at+`"`) || !strings.Contains(body, `alt="`+escaped(seen)+`"`) {
				t.Errorf("%s does not show it", page)
			}
		}
		// Other words for the same picture; none; and other words for the name.
		for _, seen := range []string{"A kettle", ""} {
			h.face(v, "Teapot Nine", nil, seen)
			if body := v.Get("/you/names").Body; !strings.Contains(body, `src="`+at+`"`) || !strings.Contains(body, `alt="`+seen+`"`) {
				t.Errorf("with the words %q it is another", seen)
			}
		}
		// Another picture, and none.
		second := h.face(v, "Teapot Nine", photo(""), "A saucer")
		if v.Get(at).Is(t, http.StatusNotFound); second == at {
			t.Error("two pictures have one address")
		}
		if h.work(); len(h.files()) != 1 {
			t.Errorf("of one that was replaced there is left %v", h.files())
		}
		v.Send("/you/names/"+h.nameID("Teapot Nine"), "/you/names/no-picture", nil).Is(t, http.StatusOK).Shows(t, "The picture is removed").Hides(t, second, "A saucer")
		v.Get(second).Is(t, http.StatusNotFound)
		if h.work(); len(h.files()) != 0 {
			t.Errorf("of one that was removed there is left %v", h.files())
		}
	})
}

// A4, A7, H8: a picture is there for its owner, and for whoever is in the network
// while the name is shown; for nobody else, by no other address, and not for another
// to change.
func TestFaceIsSeenWithItsName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, one, other = "two.faces@elsewhere.example", "Verdigris Lane", "Slow Ferry"
		v, pending := h.joinBy(email, one), h.joinBy("waits@elsewhere.example", "Waits Outside")
		at, second := h.face(v, one, photo(""), "A lane"), h.face(v, other, photo(""), "A ferry")
		h.welcome(email)
		member, team := h.as("member"), h.as("team")
		seen := func(when string, path string, others, own int) {
			t.Helper()
			for who, reader := range map[string]*webtest.Visitor{"a member": member, "the team": team} {
				if p := reader.Get(path); p.Status != others {
					t.Errorf("%s %s gets %d", when, who, p.Status)
				}
			}
			if p := v.Get(path); p.Status != own {
				t.Errorf("%s its owner gets %d", when, p.Status)
			}
			if p := pending.Get(path); p.Status != http.StatusNotFound {
				t.Errorf("%s somebody who is not in gets %d", when, p.Status)
			}
			if p := h.visitor().Get(path); p.Header.Get("Content-Type") == "image/jpeg" {
				t.Errorf("%s a visitor sees it", when)
			}
		}
		const ok, no = http.StatusOK, http.StatusNotFound
		seen("at first", at, ok, ok)
		for _, path := range []string{strings.Replace(at, "-240", "-480", 1), strings.Replace(at, "-240", "-24", 1), "/name-pictures/" + strings.ToUpper(fileName.FindString(at)), "/name-pictures/-240.jpg", "/name-pictures/..%2f..%2fwithus.db",
			"/name-pictures/" + h.nameID(one) + "-240.jpg", "/groups/" + openDoor + "/picture/" + fileName.FindString(at)} {
			if p := v.Get(path); p.Status != no {
				t.Errorf("%s: %d", path, p.Status)
			}
		}
		member.Post("/you/names/no-picture", url.Values{"form_key": {id.New(t.Context())}, "persona": {h.nameID(one)}}).Is(t, no)
		sendFile(member, "/you/names/"+h.nameID(one), photo(""), map[string]string{"form_key": id.New(t.Context()), "name": "Mine now"}).Is(t, no)
		if seen("after another tried to change it", at, ok, ok); len(h.files()) != 2 {
			t.Errorf("on disk: %v", h.files())
		}
		for _, closed := range []string{"yes", ""} {
			v.Send("/you/seen", "", url.Values{"curtains": {closed}}).Is(t, ok)
			others := ok
			if closed == "yes" {
				others = no
			}
			seen("curtains "+closed, at, others, ok)
		}
		v.Send("/you/names", "/you/names/retire", url.Values{"persona": {h.nameID(other)}}).Is(t, ok).Shows(t, "shown to nobody but you")
		seen("put away", second, no, ok)
		seen("the other", at, ok, ok)
		v.Send("/you/names/"+h.nameID(other), "/you/names/no-picture", nil).Is(t, ok)
		seen("removed", second, no, no)
		v.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, ok)
		seen("leaving", at, no, ok)
		v.Send("/you", "/you/leave/stay", nil).Is(t, ok)
		seen("back", at, ok, ok)
		h.work()
		if len(h.files()) != 1 {
			t.Fatalf("on disk: %v", h.files())
		}
		h.forget(email)
		if len(h.files()) != 0 {
			t.Errorf("erased, and on disk: %v", h.files())
		}
		if p := member.Get(at); p.Status != no {
			t.Errorf("erased, it is answered with %d", p.Status)
		}
	})
}

// H8: nothing of one picture leads to the same one of another name.
func TestFacesStayApart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.joinBy("two.faces@elsewhere.example", "Verdigris Lane")
		h.welcome("two.faces@elsewhere.example")
		member, file := h.as("member"), photo("")
		one, other := h.face(v, "Verdigris Lane", file, ""), h.face(v, "Slow Ferry", file, "")
		a, b := member.Get(one).Is(t, http.StatusOK), member.Get(other).Is(t, http.StatusOK)
		if one == other {
			t.Error("they have one address")
		}
		for name := range a.Header {
			if x := a.Header.Get(name); x == b.Header.Get(name) && slices.Contains([]string{"Etag", "Last-Modified", "Content-Location", "Digest"}, name) {
				t.Errorf("both say %s: %s", name, x)
			}
		}
		for _, column := range []string{"id", "owner_member_id"} {
			ids, err := db.All(t.Context(), h.DB, db.Text, `SELECT `+column+` FROM member_persona WHERE picture <> ''`)
			if err != nil || len(ids) != 2 {
				t.Fatal(ids, err)
			}
			for _, x := range ids {
				if strings.Contains(one+other, x) {
					t.Errorf("an address holds the %s", column)
				}
			}
		}
	})
}

// G5, J2, I3, I5: what is wrong is said and what was typed stays; twice is once; a
// disk that takes nothing leaves no picture behind that is none.
func TestFaceForm(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const page = "/you/names/new"
		v := h.as("member")
		key := v.Get(page).Form(t, "").Get("form_key")
		for what, c := range map[string]struct {
			file       []byte
			name, seen string
			says       []string
		}{
			"words for no picture":   {nil, "Slow Ferry", "A ferry", []string{"Choose the picture that your words are about"}},
			"no name":                {photo(""), "", "A ferry", []string{"This can't be empty", "Choose the picture once more"}},
			"a name that is taken":   {photo(""), "Kettle", "A ferry", []string{"Take another name", "Choose the picture once more"}},
			"no picture":             {[]byte("<svg onload=alert(1)>"), "Slow Ferry", "A ferry", []string{"This is not a picture we can use"}},
			"half a picture":         {photo("")[:300], "Slow Ferry", "", []string{"broken"}},
			"too large a file":       {append(photo(""), make([]byte, 12<<20)...), "Slow Ferry", "A ferry", []string{"too large"}},
			"too many words for one": {photo(""), "Slow Ferry", strings.Repeat("x", 301), []string{"300", "Choose the picture once more"}},
		} {
			h.exec(`DELETE FROM web_limit`)
			p := sendFile(v, page, c.file, map[string]string{"form_key": key, "name": c.name, "seen": c.seen, "pronouns": "they", "words": "Slowly <b>"}).Is(t, http.StatusUnprocessableEntity).Shows(t, c.says...)
			f := p.Form(t, "")
			for name, was := range map[string]string{"name": c.name, "seen": c.seen, "pronouns": "they", "words": "Slowly <b>"} {
				if strings.TrimSpace(f.Get(name)) != was {
					t.Errorf("%s: %s came back as %q", what, name, f.Get(name))
				}
			}
		}
		if h.work(); len(h.files()) != 0 || h.count(`SELECT count(*) FROM member_persona WHERE picture <> ''`) != 0 {
			t.Errorf("left over: %v", h.files())
		}
		for range 3 {
			sendFile(v, page, photo(""), map[string]string{"form_key": key, "name": "Slow Ferry"}).Is(t, http.StatusSeeOther)
		}
		if len(h.files()) != 1 || h.count(`SELECT count(*) FROM member_persona WHERE picture <> ''`) != 1 {
			t.Errorf("sent three times: %v", h.files())
		}
		h.exec(`DELETE FROM web_limit`)
		page2 := "/you/names/" + h.nameID("Slow Ferry")
		for range 30 {
			sendFile(v, page2, []byte("no picture"), map[string]string{"form_key": id.New(t.Context()), "name": "Slow Ferry"}).Is(t, http.StatusUnprocessableEntity)
		}
		sendFile(v, page2, photo(""), map[string]string{"form_key": id.New(t.Context()), "name": "Slow Ferry"}).Is(t, http.StatusTooManyRequests)
		h.exec(`DELETE FROM web_limit`)
		if err := os.RemoveAll(h.kept); err != nil {
			t.Fatal(err)
		}
		p := sendFile(v, page2, photo(""), map[string]string{"form_key": id.New(t.Context()), "name": "Slow Ferry", "seen": "Words that stay"}).Is(t, http.StatusInternalServerError)
		if got := p.Form(t, "").Get("seen"); got != "Words that stay" {
			t.Errorf("the words came back as %q", got)
		}
		if n := h.count(`SELECT count(*) FROM member_persona WHERE seen = $1`, "Words that stay"); n != 0 {
			t.Error("there is a row without its file")
		}
	})
}

// Where a network keeps no pictures, none is asked for nor taken.
func TestNoFaces(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		h := openLike(t, at, func(*app.Options) {})
		v := h.as("member")
		v.Get("/you/names/new").Is(t, http.StatusOK).Hides(t, `type="file"`, `name="seen"`)
		sendFile(v, "/you/names/new", photo(""), map[string]string{"form_key": id.New(t.Context()), "name": "Slow Ferry"}).Is(t, http.StatusUnprocessableEntity).Shows(t, "This network keeps no pictures")
		v.Get("/name-pictures/"+id.New(t.Context())+"-240.jpg").Is(t, http.StatusNotFound)
	})
}
