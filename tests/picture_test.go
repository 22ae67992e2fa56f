package tests

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"withus.example/app"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// photo is a JPEG as a telephone makes it: with a word in everything that is
// said about it.
func photo(word string) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 600, 400)), nil)
	out := []byte{0xff, 0xd8}
	for mark, text := range map[byte]string{0xe1: "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x00 GPS " + word, 0xfe: "Author " + word, 0xed: "Photoshop 3.0\x00 " + word} {
		out = append(out, 0xff, mark, 0, byte(len(text)+2))
		out = append(out, text...)
	}
	return append(append(out, b.Bytes()[2:]...), word...)
}

// sendPicture posts the form of a group's picture.
func sendPicture(v *webtest.Visitor, slug, key string, file []byte, words string) *webtest.Page {
	v.T.Helper()
	return sendFile(v, "/groups/"+slug+"/picture", file, map[string]string{"form_key": key, "words": words})
}

// sendFile posts a form with a picture in it.
func sendFile(v *webtest.Visitor, path string, file []byte, fields map[string]string) *webtest.Page {
	v.T.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			v.T.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("picture", `../../"x".html`)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.T.Fatal(err)
	}
	return v.Do(http.MethodPost, path, &b, w.FormDataContentType())
}

// picture gives a group a picture, as somebody who may, and says what its small
// file is called.
func (h *house) picture(v *webtest.Visitor, slug string, file []byte, words string) string {
	h.t.Helper()
	sendPicture(v, slug, id.New(h.t.Context()), file, words).Is(h.t, http.StatusSeeOther)
	names := fileName.FindAllString(v.Get("/groups/"+slug).Is(h.t, http.StatusOK).Body, -1)
	if len(names) != 3 {
		h.t.Fatalf("%s shows the files %v", slug, names)
	}
	return names[1]
}

// files are the pictures on disk.
func (h *house) files() (out []string) {
	h.t.Helper()
	all, err := os.ReadDir(h.kept)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range all {
		out = append(out, e.Name())
	}
	return out
}

// F6: what a telephone wrote into a picture is nowhere: in no file, no table,
// no page.
func TestPictureSaysNothingElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const canary = "wharfinger73"
		v := h.as("organiser")
		file := h.picture(v, openDoor, photo(canary), "Our door, painted green")
		h.work()
		if len(h.files()) != 2 {
			t.Fatalf("on disk: %v", h.files())
		}
		for _, name := range h.files() {
			b, err := os.ReadFile(filepath.Join(h.kept, name))
			if err != nil || bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte("Exif")) {
				t.Errorf("%s: %v, or it says where it was taken", name, err)
			}
		}
		for _, found := range holds(h.dump(), canary, "x.html") {
			t.Error(found)
		}
		h.onDisk("after a picture", canary)
		p := h.visitor().Get("/groups/"+openDoor+"/picture/"+file).Is(t, http.StatusOK).Hides(t, canary)
		for name, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=31536000, immutable", "Content-Encoding": ""} {
			if got := p.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if _, err := jpeg.Decode(strings.NewReader(p.Body)); err != nil {
			t.Error(err)
		}
		if body := h.visitor().Get("/groups/" + openDoor).Body; !strings.Contains(body, `alt="Our door, painted green"`) {
			t.Error("the picture is not described")
		}
		if body := h.visitor().Get("/api/v1/groups/" + openDoor).Body; !strings.Contains(body, `"words":"Our door, painted green"`) {
			t.Error("the API does not describe the picture")
		}
	})
}

// A7, A3, I5: a picture is seen by whoever sees its group, at the next request,
// at its own address alone; a new one leaves nothing of the old.
func TestPictureGoesWithItsGroup(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v, visitor := h.as("organiser"), h.visitor()
		const other = "tidewater-peer-group"
		first := h.picture(v, openDoor, photo(""), "The first")
		at := func(slug, file string) string { return "/groups/" + slug + "/picture/" + file }
		visitor.Get(at(openDoor, first)).Is(t, http.StatusOK)
		for _, path := range []string{at(other, first), at(openDoor, strings.Replace(first, "-480", "-481", 1)), at(openDoor, "x"), at(openDoor, strings.ToUpper(first)),
			"/groups/" + openDoor + "/picture/..%2f..%2fwithus.db", "/groups/" + openDoor + "/picture/.new-" + first} {
			v.Get(path).Is(t, http.StatusNotFound)
		}
		second := h.picture(v, openDoor, photo(""), "The second")
		visitor.Get(at(openDoor, first)).Is(t, http.StatusNotFound)
		if len(h.files()) != 4 {
			t.Errorf("before the job: %v", h.files())
		}
		h.work()
		if len(h.files()) != 2 {
			t.Errorf("after the job: %v", h.files())
		}
		// Only words: the picture stays.
		v.Send("/groups/"+openDoor+"/picture", "", map[string][]string{"words": {"Other words"}}).Is(t, http.StatusOK)
		visitor.Get(at(openDoor, second)).Is(t, http.StatusOK)
		// Words go back; what is to be seen does not.
		h.change(v, openDoor, map[string]any{"welcome": "Changed."})
		v.Send("/groups/"+openDoor+"/history", "/groups/"+openDoor+"/restore", nil).Is(t, http.StatusOK)
		visitor.Get(at(openDoor, second)).Is(t, http.StatusOK)
		// Hidden, and shown again.
		slug := h.change(v, openDoor, map[string]any{"published": false})
		visitor.Get(at(slug, second)).Is(t, http.StatusNotFound)
		h.as("member").Get(at(slug, second)).Is(t, http.StatusNotFound)
		if p := v.Get(at(slug, second)).Is(t, http.StatusOK); p.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("a hidden picture is kept: %q", p.Header.Get("Cache-Control"))
		}
		slug = h.change(v, slug, map[string]any{"published": true})
		visitor.Get(at(slug, second)).Is(t, http.StatusOK)
		// And removed.
		v.Send("/groups/"+slug+"/picture", "/groups/"+slug+"/picture/remove", nil).Is(t, http.StatusOK).Shows(t, "The picture is removed")
		visitor.Get(at(slug, second)).Is(t, http.StatusNotFound)
		h.work()
		if len(h.files()) != 0 || h.count(`SELECT count(*) FROM group_picture`) != 0 {
			t.Errorf("after removing: %v", h.files())
		}
	})
}

// G5, J2, I3, I5: twice is once; what is wrong is said and what was typed stays;
// a disk that takes nothing leaves no picture behind that is none.
func TestPictureForm(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("organiser")
		page := "/groups/" + openDoor + "/picture"
		key := v.Get(page).Form(t, "").Get("form_key")
		for what, c := range map[string]struct {
			file  []byte
			words string
			says  string
		}{
			"nothing":          {nil, "Words", "Choose a picture"},
			"no words":         {photo(""), " ", "What is to be seen? This can't be empty"},
			"long words":       {photo(""), strings.Repeat("x", 301), "300"},
			"no picture":       {[]byte("<svg onload=alert(1)>"), "Words <b>", "This is not a picture we can use"},
			"half a picture":   {photo("")[:300], "Words", "broken"},
			"too large a file": {append(photo(""), make([]byte, 12<<20)...), "Words", "too large"},
		} {
			p := sendPicture(v, openDoor, key, c.file, c.words).Is(t, http.StatusUnprocessableEntity).Shows(t, c.says)
			if got := p.Form(t, "").Get("words"); strings.TrimSpace(got) != strings.TrimSpace(c.words) {
				t.Errorf("%s: the words came back as %q", what, got)
			}
		}
		if len(h.files()) != 0 || h.count(`SELECT count(*) FROM group_picture`) != 0 {
			t.Errorf("left over: %v", h.files())
		}
		for range 3 {
			sendPicture(v, openDoor, key, photo(""), "Words").Is(t, http.StatusSeeOther)
		}
		if len(h.files()) != 2 || h.count(`SELECT count(*) FROM group_picture`) != 1 {
			t.Errorf("sent three times: %v", h.files())
		}
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			if body := v.Get(page+"?lang="+lang).Is(t, http.StatusOK).Body; strings.Contains(body, "group.") || strings.Contains(body, "media.") {
				t.Errorf("%s: a text is missing", lang)
			}
		}
		v.Cookies["lang"] = "en"
		if err := os.RemoveAll(h.kept); err != nil {
			t.Fatal(err)
		}
		p := sendPicture(v, openDoor, id.New(t.Context()), photo(""), "Words that stay").Is(t, http.StatusInternalServerError)
		if got := p.Form(t, "").Get("words"); got != "Words that stay" {
			t.Errorf("the words came back as %q", got)
		}
		if n := h.count(`SELECT count(*) FROM group_picture WHERE words = $1`, "Words that stay"); n != 0 {
			t.Error("there is a row without its file")
		}
	})
}

// Where a network keeps no pictures, the form says so and takes none.
func TestNoPictures(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		h := openLike(t, at, func(*app.Options) {})
		v := h.as("organiser")
		v.Get("/groups/"+openDoor+"/picture").Is(t, http.StatusOK).Shows(t, "This network keeps no pictures")
		sendPicture(v, openDoor, id.New(t.Context()), photo(""), "Words").Is(t, http.StatusUnprocessableEntity).Shows(t, "This network keeps no pictures")
		v.Get(fmt.Sprintf("/groups/%s/picture/%s-480.jpg", openDoor, id.New(t.Context()))).Is(t, http.StatusNotFound)
	})
}

// H5: a group that is deleted takes its picture's files along.
func TestPictureIsDeletedWithItsGroup(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.picture(h.as("organiser"), openDoor, photo(""), "Our door")
		for _, name := range []string{"organiser", "organiser2"} {
			v := h.visitor().SignIn(name+"@withus.example", "withus-organiser")
			v.Send("/groups/"+openDoor+"/delete", "", url.Values{"sure": {"yes"}}).Is(t, http.StatusOK)
		}
		h.work()
		if len(h.files()) != 0 || h.count(`SELECT count(*) FROM group_picture`) != 0 {
			t.Errorf("left over: %v", h.files())
		}
	})
}
