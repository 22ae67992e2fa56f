package tests

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// sendList posts the form that a list of groups is brought with.
func sendList(v *webtest.Visitor, file string) *webtest.Page {
	v.T.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := w.WriteField("form_key", id.New(v.T.Context()))
	if err != nil {
		v.T.Fatal(err)
	}
	part, err := w.CreateFormFile("file", `../../"x".csv`)
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.T.Fatal(err)
	}
	return v.Do(http.MethodPost, "/group-imports", &b, w.FormDataContentType())
}

// bring brings a list through the pages, as far as its preview, and gives its
// id.
func (h *house) bring(v *webtest.Visitor, file string) string {
	h.t.Helper()
	path := sendList(v, file).Is(h.t, http.StatusSeeOther).Header.Get("Location")
	if v.Get(path).Is(h.t, http.StatusOK).Path == path+"/columns" {
		v.Send(path+"/columns", path+"/columns", nil).Is(h.t, http.StatusOK)
	}
	h.work()
	v.Get(path).Shows(h.t, "This is what would happen")
	return strings.TrimPrefix(path, "/group-imports/")
}

// brought are the lists that are here.
func (h *house) brought() []string {
	h.t.Helper()
	ids, err := db.All(h.t.Context(), h.DB, db.Text, `SELECT id FROM group_upload ORDER BY id`)
	if err != nil {
		h.t.Fatal(err)
	}
	return ids
}

// canaryList has a word of its own in each place of a list: in a column that
// is taken, in one that is not, in a header, in a row that is refused and in
// one that says what is here already.
const canaryList = "name;area;about;blorptasselhead;phone;website\n" +
	"Kitchen of the new street;Quimbleford;We grumplewaft;snizzlecrate;0113;what grobblestink\n" +
	"Open Door Collective;;We splonkwhistle;snizzlecrate;;\n" +
	";Hull;frazzlewump;snizzlecrate;;\n"

// What somebody brings is gone when it is taken in: from the tables, the files
// on disk, the pages, and what the team may take along. What became a group is
// in its page, and nowhere else.
func TestListIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		list := h.bring(team, canaryList)
		path := "/group-imports/" + list
		team.Get(path).Shows(t, "We grumplewaft", "grobblestink")
		team.Get("/desk").Shows(t, "1 list is not finished")
		if h.count(`SELECT count(*) FROM group_upload_file`) != 1 {
			t.Fatal("the list is not kept while it waits: this test sees nothing")
		}
		team.Send(path, path+"/take", nil).Is(t, http.StatusOK)
		h.work()
		h.work()
		team.Get(path).Shows(t, "What came of your list")
		if h.count(`SELECT count(*) FROM group_upload_file`) != 0 {
			t.Error("its file is still there")
		}
		// The group itself, and what is found of it, hold what the list said.
		again := map[string][]string{}
		for table, rows := range h.dump() {
			if !strings.HasPrefix(table, "group_group") && !strings.HasPrefix(table, "record_") && !strings.HasPrefix(table, "search_") {
				again[table] = rows
			}
		}
		for _, found := range holds(again, "snizzlecrate", "blorptasselhead", "grumplewaft", "grobblestink", "splonkwhistle", "frazzlewump", "quimbleford") {
			t.Error(found)
		}
		gone := []string{"snizzlecrate", "blorptasselhead", "grobblestink", "splonkwhistle", "frazzlewump"}
		h.onDisk("after a list was taken in", gone...)
		for _, at := range []string{path, path + "/report.csv", "/group-imports", "/desk", "/you", "/groups", "/groups.csv", "/groups.json"} {
			team.Get(at).Is(t, http.StatusOK).Hides(t, append([]string{"grumplewaft"}, gone...)...)
		}
		h.visitor().Get("/search?q=grumplewaft").Hides(t, "Kitchen of the new street")
		team.Send(path, path+"/delete", nil).Shows(t, "It is deleted.")
		team.Get(path).Is(t, http.StatusNotFound)
	})
}

// The pages say what is wrong, and lose nothing of what was chosen.
func TestListPages(t *testing.T) {
	h := one(t)
	team := h.as("team")
	for file, want := range map[string]string{
		"":                                   "Choose a file",
		"PK\x03\x04 a spreadsheet":           "This is a spreadsheet",
		"\x89PNG\r\n\x1a\n\x00 a picture":    "This is neither CSV nor JSON",
		strings.Repeat("a,", 999) + "a\nb\n": "more than 120 columns",
		"\"name,area\nA,B\n":                 "The header can’t be read",
	} {
		sendList(team, file).Is(t, http.StatusUnprocessableEntity).Shows(t, want)
	}
	path := sendList(team, "<script>alert(1)</script>;Town\nA;<b>Leeds</b>\n").Header.Get("Location") + "/columns"
	p := team.Get(path).Is(t, http.StatusOK).Shows(t, "<script>alert(1)</script>", "<b>Leeds</b>")
	if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<b>Leeds") {
		t.Error("a header is put into the page as it is")
	}
	form := url.Values{"form_key": {id.New(t.Context())}, "column-1": {"none"}, "column-2": {"phone"}}
	p = team.PostOnly(path, form).Is(t, http.StatusUnprocessableEntity).Shows(t, "has to be the name")
	if got := p.Form(t, "").Get("column-2"); got != "phone" {
		t.Errorf("what was chosen is lost: %q", got)
	}
}
