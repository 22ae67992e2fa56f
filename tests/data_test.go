package tests

import (
	"archive/zip"
	"encoding/json"
	"image/jpeg"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/web/webtest"
)

// copied is what somebody's copy holds, by the names of its files; nil if they
// can't fetch it.
func copied(t *testing.T, v *webtest.Visitor, at string) map[string]string {
	t.Helper()
	p := v.Get(at + "/file")
	if p.Status == http.StatusNotFound {
		v.Get(at).Is(t, http.StatusNotFound)
		return nil
	}
	p.Is(t, http.StatusOK)
	if to := p.Header.Get("Content-Disposition"); !strings.HasPrefix(to, "attachment") || strings.Contains(strings.ToLower(to), "withus") {
		t.Errorf("it is sent as %q", to)
	}
	if p.Header.Get("Content-Type") != "application/zip" || !strings.Contains(p.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("%v", p.Header)
	}
	z, err := zip.NewReader(strings.NewReader(p.Body), int64(len(p.Body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// What is held about somebody they read on a page, and take away: the same on the
// page, in the file for people and in the one for programs, and nobody else's.
func TestMyData(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.leaveTraces()
		w.browser.Send("/you", "/you/leave/stay", nil).Is(t, http.StatusOK)
		w.browser.Send("/you/names/new", "", url.Values{"name": {"</dd><script>alert(1)</script>"}}).Is(t, http.StatusOK)
		page := w.browser.Get("/you/data").Is(t, http.StatusOK).Shows(t, w.email, w.name, "Marginalia Ten", "An application to join", "Open Door Collective", "A browser", "a device").Hides(t, "other/")
		made := w.browser.Send("/you/data", "/you/data/copy", nil).Is(t, http.StatusOK)
		files := copied(t, w.browser, made.Path)
		if names := slices.Sorted(maps.Keys(files)); len(names) != 3 || names[0] != "data.json" || !strings.HasPrefix(names[1], "files/") || names[2] != "index.html" {
			t.Fatalf("it holds %q", names)
		} else if _, err := jpeg.Decode(strings.NewReader(files[names[1]])); err != nil || !strings.Contains(files["index.html"], `src="`+names[1]+`"`) || !strings.Contains(files["data.json"], strings.TrimPrefix(names[1], "files/")) {
			t.Errorf("their picture is not in both files: %v", err)
		}
		var data map[string]map[string][]map[string]any
		if err := json.Unmarshal([]byte(files["data.json"]), &data); err != nil {
			t.Fatal(err)
		}
		all, err := h.Export(t.Context(), w.Subject)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := slices.Sorted(maps.Keys(data)), slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
			t.Errorf("it holds %q, and there is %q", got, want)
		}
		for room, kinds := range data {
			for kind, lines := range kinds {
				for _, line := range lines {
					for field, value := range line {
						text, _ := value.(string)
						if thing, ok := value.(map[string]any); ok {
							text, _ = thing["title"].(string)
						}
						// Words of ours, days and codes are put into the language of the reader.
						if strings.ContainsAny(text, " @") && !strings.Contains(files["index.html"], escaped(text)) {
							t.Errorf("%s %s %s %q is not in the file for people", room, kind, field, text)
						}
					}
				}
			}
		}
		for where, body := range map[string]string{"the page": page.Body, "the file for people": files["index.html"], "the one for programs": files["data.json"]} {
			if strings.Contains(body, "<script>alert") {
				t.Errorf("%s holds a script", where)
			}
			if raw := regexp.MustCompile(`>[a-z]+\.(held|state|looked|event)\.[a-z.-]+<`).FindString(body); raw != "" {
				t.Errorf("%s says %s", where, raw)
			}
			for _, never := range []string{"argon2id", "organiser@withus.example", "member@withus.example"} {
				if strings.Contains(body, never) {
					t.Errorf("%s holds %q", where, never)
				}
			}
		}
		if !strings.HasPrefix(files["index.html"], "<!doctype html>") && !strings.HasPrefix(files["index.html"], "<!DOCTYPE html>") {
			t.Error("the file for people is no page")
		}
	})
}

// escaped is a text as a page writes it.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(text)
}

// A copy can be fetched by whose it is, for an hour, while they are what they were
// and agree to what they agreed to. A4.
func TestCopyEnds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email = "copyist@elsewhere.example"
		v := h.joinBy(email, "Carbon Paper")
		make := func() string {
			return v.Send("/you/data", "/you/data/copy", nil).Is(t, http.StatusOK).Path
		}
		first := make()
		for range 2 {
			if copied(t, v, first) == nil {
				t.Error("it can't be fetched")
			}
		}
		for who, other := range map[string]*webtest.Visitor{"a member": h.as("member"), "the team": h.as("team")} {
			if copied(t, other, first) != nil {
				t.Errorf("%s fetches it", who)
			}
		}
		if p := h.visitor().Get(first + "/file"); !strings.HasPrefix(p.Path, "/sign-in") {
			t.Errorf("a visitor is led to %s", p.Path)
		}
		at := make()
		if copied(t, v, first) != nil {
			t.Error("the one before can still be fetched")
		}
		ends := map[string]func(){
			"it was welcomed": func() { h.welcome(email) },
			"a yes more":      func() { v.Send("/you/agreed/member.counted", "", url.Values{"yes": {"yes"}}).Is(t, http.StatusOK) },
			"a yes less":      func() { v.Send("/you/agreed", "/you/agreed-not", nil).Is(t, http.StatusOK) },
			"another role": func() {
				if err := h.Members.SetRole(t.Context(), email, "moderator"); err != nil {
					t.Fatal(err)
				}
			},
			"they leave": func() { v.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK) },
			"an hour":    func() { h.exec(`UPDATE privacy_copy SET ends = $1`, time.Now().Add(-time.Second)) },
		}
		for _, what := range []string{"it was welcomed", "a yes less", "a yes more", "another role", "they leave", "an hour"} {
			if copied(t, v, at) == nil {
				t.Fatalf("before %s it can't be fetched", what)
			}
			if ends[what](); copied(t, v, at) != nil {
				t.Errorf("after %s it can be fetched", what)
			}
			at = make()
		}
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(-time.Hour))
		if p := v.Send("/you/data", "/you/data/copy", nil); !strings.HasPrefix(p.Path, "/sign-in") {
			t.Errorf("who has not signed in lately is led to %s", p.Path)
		}
		h.exec(`UPDATE privacy_copy SET ends = $1`, time.Now().Add(-time.Second))
		h.round("privacy.tidy")
		if n := h.count(`SELECT count(*) FROM privacy_copy`); n != 0 {
			t.Errorf("%d copies are left", n)
		}
	})
}

// Whoever of those who work here opens somebody's application is written down:
// the person sees that it was opened and when, the team sees who opened one, and
// not whose.
func TestLooks(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "glasshouse@elsewhere.example", "Glass House"
		const looked = "An application to join"
		v := h.joinBy(email, name)
		v.Get("/you/data").Is(t, http.StatusOK).Hides(t, looked)
		team := h.as("team")
		team.Get("/desk/looks").Is(t, http.StatusOK)
		before := h.count(`SELECT count(*) FROM privacy_look`)
		team.Get("/desk/joining").Is(t, http.StatusOK).Hides(t, email) // a list says nothing of it
		v.Get("/you/data").Hides(t, looked)
		for range 3 {
			team.Get("/desk/joining/"+h.wishOf(email)).Is(t, http.StatusOK).Shows(t, email)
		}
		if n := h.count(`SELECT count(*) FROM privacy_look`) - before; n != 1 {
			t.Errorf("three looks on a day are %d lines", n)
		}
		v.Get("/you/data").Shows(t, looked)
		h.as("member").Get("/you/data").Hides(t, looked)
		me, err := h.Members.Subject(t.Context(), "team@withus.example")
		if err != nil {
			t.Fatal(err)
		}
		who, err := db.One(t.Context(), h.DB, db.Text, `SELECT name FROM member_persona WHERE id = $1`, me.Personas[0])
		if err != nil {
			t.Fatal(err)
		}
		team.Get("/desk/looks").Shows(t, looked, who).Hides(t, email, name)
		v.Get("/you/data").Hides(t, who)
		h.exec(`UPDATE privacy_look SET day = $1`, db.Day(time.Now().AddDate(-2, 0, 0)))
		h.round("privacy.tidy")
		team.Get("/desk/looks").Hides(t, looked)
	})
}

// Every table of the house holds something of people by a column that says so,
// which what they are given is tried against, or it is said here why not.
func TestEveryTable(t *testing.T) {
	const steps, things = "which steps of the schema are done", "things of a group or of the network; who wrote them is in record_revision"
	impersonal := map[string]string{
		"member_member": "the account itself, by its id: the first thing that is given",
		"member_kind":   "what kinds of membership there are",
		"member_team":   "one number",
		"member_number": "how many people there are, rounded",
		"equal_state":   "what is asked of everybody, and numbers, rounded", "equal_tally": "how often something was said: nobody's", "equal_waiting": "the same, sealed",
		"invite_choice":  "whether members may invite",
		"consent_entry":  "the ledger, by a subject that consent_subject leads to",
		"finding_ground": "what the network published",
		"finding_look":   "on which days one of the two of a finding_wish looked",
		"signin_turn":    "a counter that two doors are opened one after the other by; it goes with the account",
		"privacy_erased": "hashes of accounts that are gone, and of yeses taken back: they lead to nobody",
		"job_job":        "work on its way: of what the other tables hold, and gone with the person",
		"job_schedule":   "when work came round",
		"web_box":        "kept under a secret that is not here: nobody can open it but whoever holds it",
		"web_limit":      "hashed counts of tries, for a day",
		"db_change":      "counters", "db_lock": "whose turn it is", "db_once": "which forms were sent, without what was in them",
		"search_doc": things, "search_words": things,
		"record_merge": things,
		"group_group":  things, "group_import": things, "group_likeness": things, "group_off": "hashes of addresses that want no mail from here",
		"group_pair": things, "group_picture": things, "group_placed": things, "group_proposal": things, "group_term": things,
		"group_upload_file": "a list that was brought, for a day; who brought it is in group_upload",
		"arrival_file":      "a list that was brought, for a week at most; who brought it is in arrival_list",
		"arrival_gone":      "hashes of addresses whose owners are gone",
		"claim_key":         "keys to the answers of a claim, gone with it",
		"link_carried":      things, "link_stop": things,
		"network_network": things, "network_setup": "the first run, before anybody is here",
		"page_followed": things, "page_menu": things, "page_moved": things, "page_page": things, "page_text": things,
	}
	each(t, func(t *testing.T, h *house) {
		personal := map[string]bool{}
		for _, c := range h.personal() {
			table, _, _ := strings.Cut(c, ".")
			personal[table] = true
		}
		for table := range h.rows() {
			if strings.HasPrefix(table, "sqlite_") {
				continue // its own
			}
			why := impersonal[table]
			if strings.HasSuffix(table, "_migration") {
				why = steps
			}
			if (why != "") == personal[table] {
				t.Errorf("%s: does it hold something of a person's? Give it a column that says so, or say here why not", table)
			}
		}
	})
}
