package tests

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/app"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// bringPeople brings a list of people through the pages, and gives its id: as far
// as its file; with columns, as they are guessed but for those said, as far as the
// question about words; and with words, as far as its preview.
func (h *house) bringPeople(v *webtest.Visitor, file string, columns, words url.Values) string {
	h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField("form_key", id.New(h.t.Context()))
	w.WriteField("called", "Our old list")
	part, err := w.CreateFormFile("file", "list.csv")
	if err != nil {
		h.t.Fatal(err)
	}
	part.Write([]byte(file))
	w.Close()
	at := v.Do(http.MethodPost, "/desk/arrivals/bring", &b, w.FormDataContentType()).Is(h.t, http.StatusSeeOther).Header.Get("Location")
	list := strings.TrimSuffix(at, "/columns")
	if columns != nil {
		v.Send(at, at, columns).Is(h.t, http.StatusOK)
	}
	if words != nil {
		v.Send(list+"/words", list+"/words", words).Is(h.t, http.StatusOK)
	}
	return strings.TrimPrefix(list, "/desk/arrivals/")
}

// carried is what stands in the ledger of somebody: "+" or "-", what for, the way, and
// the words.
func (h *house) carried(email string) (out []string) {
	h.t.Helper()
	out, err := db.All(h.t.Context(), h.DB, func(scan db.Scan) (string, error) {
		var purpose, way, words string
		var given bool
		err := scan(&purpose, &given, &way, &words)
		return map[bool]string{true: "+ ", false: "- "}[given] + purpose + " " + way + " " + words, err
	}, `SELECT e.purpose, e.given, e.way, e.words FROM consent_entry e JOIN consent_subject s ON s.subject = e.subject JOIN member_member m ON m.id = s.owner_member_id
		WHERE m.email = $1 ORDER BY e.purpose, e.at`, email)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// lettersTo counts the letters to addresses of the old list.
func (h *house) lettersTo(end string) (n int) {
	for _, k := range h.tray.Letters() {
		if strings.HasSuffix(k.Letter.To, end) {
			n++
		}
	}
	return n
}

const oldList = `Contact ID,E-mail,Unsubscribed,OK to count,May be a member,Country,Nick
1,Ana@Old.Example,,Yes,Signed,United Kingdom,Ana of the Sea
2,bo@old.example,2024-02-02,Yes,,France,
3,cy@old.example,,No,,,
4,di@old.example,,maybe,Signed,,
5,member@withus.example,,Yes,Signed,FR,Somebody else
6,ana@old.example,,,,FR,
`

// oldColumns and oldWords say what is in it.
var (
	oldColumns = url.Values{"kind": {"member"}, "column-4": {"member.counted"}, "column-5": {"member.membership"}, "column-7": {"name"}}
	oldWords   = url.Values{"means-4": {"yes"}, "means-5": {"signed"}}
)

// takePeople brings a list all the way in.
func (h *house) takePeople(team *webtest.Visitor, file string, columns, words url.Values) *webtest.Page {
	h.t.Helper()
	list := "/desk/arrivals/" + h.bringPeople(team, file, columns, words)
	team.Get(list).Is(h.t, http.StatusOK).Shows(h.t, "Nothing is written yet")
	team.Send(list, list+"/take", nil).Is(h.t, http.StatusOK)
	h.work()
	return team.Get(list).Is(h.t, http.StatusOK).Shows(h.t, "What came of your list")
}

// People come over from another list: what they agreed to word for word, nobody
// written to before the team says so, and each says on arrival what stays.
func TestMovingIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		before := h.carried("member@withus.example")
		h.exec(`UPDATE arrival_person SET state = 'arrived'`) // those of the demo
		p := h.takePeople(team, oldList, oldColumns, oldWords)
		if got := strings.Join(strings.Fields(p.Text()), " "); !strings.Contains(got, "New here 4") || !strings.Contains(got, "nothing changes for them 1") || !strings.Contains(got, "Twice in the list 1") {
			t.Errorf("it says %s", got)
		}
		day := time.Now().UTC().Format(time.DateOnly)
		from := " (Our old list, " + day + ")"
		for email, want := range map[string][]string{
			"ana@old.example":       {"+ member.counted list OK to count: Yes" + from, "+ member.membership list May be a member: Signed" + from},
			"bo@old.example":        {"- arrival.letters list Unsubscribed: 2024-02-02" + from, "+ member.counted list OK to count: Yes" + from},
			"cy@old.example":        nil,
			"di@old.example":        {"+ member.membership list May be a member: Signed" + from},
			"member@withus.example": before,
		} {
			if got := h.carried(email); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", email, got, want)
			}
		}
		if n := h.count(`SELECT count(*) FROM member_persona WHERE name LIKE 'Ana of%' OR name = 'Somebody else'`); n != 0 {
			t.Error("a name of the list is somebody's before they say so")
		}
		// Once more, it is nothing.
		p = h.takePeopleAgain()
		if got := strings.Join(strings.Fields(p.Text()), " "); !strings.Contains(got, "New here 0") {
			t.Errorf("twice is not once: %s", got)
		}

		// A month of all that comes round: nobody hears anything.
		for range 30 {
			h.aged(24 * time.Hour)
			for _, c := range h.Cron {
				if err := c.Run(t.Context()); err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
			}
			h.work()
		}
		if n := h.lettersTo("@old.example"); n != 0 {
			t.Fatalf("%d letters went before the team said so", n)
		}

		// The team says so, twice: each gets one.
		for range 2 {
			h.visitor().SignIn("team@withus.example", "withus-team").Post("/desk/arrivals/write", url.Values{"form_key": {id.New(t.Context())}, "again": {""}}).Is(t, http.StatusOK)
			h.round("arrival.letters")
			h.work()
		}
		if n, bo := h.lettersTo("@old.example"), h.lettersTo("bo@old.example"); n != 3 || bo != 0 {
			t.Fatalf("%d letters, %d to who had unsubscribed", n, bo)
		}
		link := h.newest("ana@old.example")
		for _, k := range h.tray.Letters()[:3] {
			if strings.Contains(k.Letter.Subject+strings.Join(k.Letter.Paragraphs, " "), "Open Door") {
				t.Errorf("a letter names the network: %+v", k.Letter)
			}
		}

		// The page shows what came over, and ticks nothing else. Looking spends nothing.
		v := h.visitor()
		v.Get(link).Is(t, http.StatusOK)
		f := v.Get(link).Is(t, http.StatusOK).Shows(t, "Our old list", "ana@old.example", "OK to count: Yes", "May be a member: Signed").Form(t, "")
		if f.Get("name") != "Ana of the Sea" || f.Get("country") != "GB" || !slices.Equal(f["yes"], []string{"member.membership", "member.counted"}) && !slices.Equal(f["yes"], []string{"member.counted", "member.membership"}) {
			t.Errorf("the form holds %v", f)
		}
		cy := h.newest("cy@old.example")
		if g := v.Get(cy).Form(t, ""); len(g["yes"]) != 0 {
			t.Errorf("ticked without a yes: %v", g)
		}
		v.Send(cy, "", nil).Is(t, http.StatusUnprocessableEntity).Shows(t, "Being here rests on one of these")

		in := v.Send(link, "", url.Values{"yes": {"member.membership"}}).Is(t, http.StatusOK).Shows(t, "You are in")
		ready := in.Form(t, "")
		if in.Path != "/sign-in" || ready.Get("email") != "ana@old.example" {
			t.Errorf("to sign in, at %s the address has to be typed: %v", in.Path, ready)
		}
		if f := v.Get("/sign-in").Form(t, ""); f.Get("email") != "" {
			t.Errorf("whoever comes next to this browser reads the address: %v", f)
		}
		if got := h.carried("ana@old.example"); len(got) != 5 || got[1] != "- member.counted form " || got[3] != "- member.membership form " || !strings.HasPrefix(got[4], "+ member.membership form The network") {
			t.Errorf("after arrival: %q", got)
		}
		v.Get(link).Is(t, http.StatusNotFound)
		ana := h.visitor()
		if f := ana.Get("/sign-in").Form(t, ""); f.Get("email") != "" {
			t.Errorf("another browser is told the address: %v", f)
		}
		if f := v.Post("/sign-in", with(ready, "password", "not this one")).Is(t, http.StatusUnprocessableEntity).Form(t, ""); f.Get("email") != "ana@old.example" {
			t.Errorf("a mistake loses the address: %v", f)
		}
		v.Post("/sign-in", with(ready, "password", "")).Is(t, http.StatusOK)
		h.work()
		ana.Send(h.newest("ana@old.example"), "", nil).Is(t, http.StatusOK)
		ana.Get("/you").Is(t, http.StatusOK).Shows(t, "Ana of the Sea", "a member").Hides(t, "You were on a list of ours")
		ana.Get("/you/agreed").Shows(t, "The network keeps").Hides(t, "May be a member: Signed")
		ana.Get("/you/arrival").Is(t, http.StatusForbidden)

		// "This is not for me": gone at once, and no list brings them back.
		v.Post(cy, with(v.Get(cy).Form(t, ""), "what", "refuse")).Is(t, http.StatusOK).Shows(t, "Nothing of yours is kept here")
		if f := v.Get("/sign-in").Form(t, ""); f.Get("email") != "" {
			t.Errorf("who refused is asked to sign in: %v", f)
		}
		if found := holds(h.dump(), "cy@old.example"); len(found) > 0 {
			t.Errorf("still here: %q", found)
		}
		h.takePeopleAgain().Shows(t, "this person was removed")
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'cy@old.example'`); n != 0 {
			t.Error("a list brought them back")
		}
		if !slices.Equal(h.carried("ana@old.example")[:1], []string{"- member.counted form "}) && len(h.carried("ana@old.example")) != 5 {
			t.Errorf("a list changed what somebody said here: %q", h.carried("ana@old.example"))
		}

		// A month later, one reminder, by the team's press alone; and none to who came.
		was := h.lettersTo("@old.example")
		h.aged(31 * 24 * time.Hour)
		h.round("arrival.letters")
		h.work()
		for range 2 {
			h.as("team").Post("/desk/arrivals/write", url.Values{"form_key": {id.New(t.Context())}, "again": {"yes"}}).Is(t, http.StatusOK)
			h.work()
		}
		if n := h.lettersTo("@old.example"); n != was+1 || h.lettersTo("bo@old.example") != 0 {
			t.Errorf("%d letters more", n-was)
		}
		// After a year they are erased.
		h.aged(366 * 24 * time.Hour)
		h.round("arrival.tidy")
		if n := h.count(`SELECT count(*) FROM member_member WHERE email IN ('bo@old.example', 'di@old.example')`); n != 0 {
			t.Errorf("%d who did not come in a year are still here", n)
		}
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'ana@old.example'`); n != 1 {
			t.Error("who arrived is gone")
		}
	})
}

// takePeopleAgain brings the old list once more, as far as its preview.
func (h *house) takePeopleAgain() *webtest.Page {
	h.t.Helper()
	team := h.as("team")
	return team.Get("/desk/arrivals/"+h.bringPeople(team, oldList, oldColumns, oldWords)).Is(h.t, http.StatusOK)
}

// Who is expected and signs in by themselves sees what is everybody's and their own,
// is asked what stays, and is in no list; a link to an address they have left is dead.
func TestExpected(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		h.takePeople(team, oldList, oldColumns, oldWords)
		team.Post("/desk/arrivals/write", url.Values{"form_key": {id.New(t.Context())}, "again": {""}}).Is(t, http.StatusOK)
		h.work()
		link := h.newest("di@old.example")
		v := h.visitor()
		v.Post("/sign-in", url.Values{"email": {"di@old.example"}})
		h.work()
		v.Send(h.newest("di@old.example"), "", nil).Is(t, http.StatusOK)
		v.Get("/you").Is(t, http.StatusOK).Shows(t, "You were on a list of ours", "not yet")
		v.Get("/you/data").Is(t, http.StatusOK).Shows(t, "Our old list")
		v.Get("/desk").Is(t, http.StatusForbidden)
		v.Get("/claim/open-door-collective").Is(t, http.StatusForbidden)
		v.Get("/vouching").Is(t, http.StatusForbidden)
		v.Post("/you/membership", url.Values{"form_key": {id.New(t.Context())}, "answer": {"stay"}}).Is(t, http.StatusConflict)
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'di@old.example' AND standing = 'expected'`); n != 1 {
			t.Error("they are in without having said so")
		}
		h.visitor().Get(link).Is(t, http.StatusOK)
		h.exec(`UPDATE member_member SET email = 'di@elsewhere.example' WHERE email = 'di@old.example'`)
		h.visitor().Get(link).Is(t, http.StatusNotFound)
		v.Send("/you/arrival", "", url.Values{"name": {"Di"}, "yes": {"member.membership"}}).Is(t, http.StatusOK).Shows(t, "You are in", "Di")

		// The desk shows addresses, and that it was looked at is written down.
		team.Get("/desk/arrivals/waiting").Is(t, http.StatusOK).Shows(t, "bo@old.example", "had unsubscribed").Hides(t, "di@", "cy@nowhere")
		if n := h.count(`SELECT count(*) FROM privacy_look WHERE what = 'arrival.looked'`); n < 3 {
			t.Errorf("%d looks are written down", n)
		}

		// Words beside each other read as two, and a question ends with one sign.
		team.Get("/desk/members").Is(t, http.StatusOK).Hides(t, "</bdi><span")
		h.bringPeople(team, oldList, nil, nil)
		team.Get("/desk/arrivals").Is(t, http.StatusOK).Shows(t, "· What is in your list?").Hides(t, "?.")
	})
}

// From paper somebody comes in the same way, with what they signed for and the day.
func TestOnPaper(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		form := url.Values{"email": {"Pen@Paper.example"}, "kind": {"supporter"}, "lang": {"es"}, "country": {"ES"}, "day": {"2024-03-01"}, "yes": {"member.membership"}, "form": {"ours"}, "form-lang": {"fr"}}
		if f := team.Get("/desk/arrivals/paper").Is(t, http.StatusOK).Form(t, ""); len(f["yes"]) != 0 {
			t.Errorf("ticked before anybody did: %v", f)
		}
		team.Send("/desk/arrivals/paper", "", form).Is(t, http.StatusOK).Shows(t, "They are entered")
		got := h.carried("pen@paper.example")
		if len(got) != 1 || !strings.HasPrefix(got[0], "+ member.membership paper Le réseau garde") {
			t.Errorf("%q", got)
		}
		if n := h.count(`SELECT count(*) FROM consent_entry WHERE way = 'paper' AND lang = 'fr'`); n != 1 {
			t.Error("the language of the paper is not in the ledger")
		}
		if n := h.count(`SELECT count(*) FROM consent_entry WHERE way = 'paper' AND at = $1`, time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)); n != 1 {
			t.Error("the day it was signed is not in the ledger")
		}
		team.Send("/desk/arrivals/paper", "", form).Is(t, http.StatusConflict).Shows(t, "can sign in with this address")
		team.Send("/desk/arrivals/paper", "", with(form, "day", "2999-01-01")).Is(t, http.StatusUnprocessableEntity)
		team.Post("/desk/arrivals/write", url.Values{"form_key": {id.New(t.Context())}, "again": {""}}).Is(t, http.StatusOK)
		h.work()
		link := h.newest("pen@paper.example")
		h.visitor().Get(link).Shows(t, "El equipo de la red decide").Hides(t, "Miembro: con experiencia vivida")
		h.visitor().Send(link, "", url.Values{"kind": {"member"}}).Is(t, http.StatusUnprocessableEntity)
		h.visitor().Send(link, "", nil).Is(t, http.StatusOK)
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'pen@paper.example' AND standing = 'in' AND role = 'supporter' AND lang = 'es'`); n != 1 {
			t.Error("they are not in")
		}
	})
}

// Other words than ours come over as they were signed, with what somebody says of
// themselves; nothing agreed to is said, not overlooked.
func TestAnotherForm(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		form := url.Values{"email": {"old@paper.example"}, "name": {"Inkblot"}, "kind": {"member"}, "does": {"researcher"}, "own": {"sews banners"}, "lang": {"en"}, "day": {"2019-03-01"},
			"yes": {"member.membership", "member.counted"}, "form": {"other"}, "form-lang": {"en"}, "words-1": {"You may keep me."}, "words-2": {"You may count me in.\nAt the gathering, too."}}
		for _, c := range []struct {
			wrong url.Values // in place of what the form has; nothing: left out
			says  string
		}{
			{url.Values{"kind": nil}, "What are they here"},
			{url.Values{"kind": {"supporter"}}, "Only members are asked this"},
			{url.Values{"yes": nil, "form": nil, "words-1": nil, "words-2": nil}, "Nothing is ticked here"},
			{url.Values{"yes": {"member.counted", "none"}}, "The last box says"},
			{url.Values{"form": nil, "words-1": nil, "words-2": nil}, "Which words did they sign"},
			{url.Values{"words-2": nil}, "Being counted: the exact words"},
			{url.Values{"form": {"ours"}}, "These words are for another form"},
			{url.Values{"form-lang": nil}, "Language of the paper"},
			{url.Values{"yes": {"none"}, "form": nil, "words-1": nil, "words-2": nil, "does": nil}, "One thing is missing or wrong They did not sign for being here, so these words"},
			{url.Values{"yes": {"none"}, "form": nil, "words-1": nil, "words-2": nil}, "so what they do can’t be kept"},
			{url.Values{"yes": {"member.counted"}, "words-1": nil}, "so what they do can’t be kept"},
			{url.Values{"yes": {"member.counted"}, "words-1": nil}, "so these words can’t be kept"},
		} {
			wrong := maps.Clone(form)
			maps.Copy(wrong, c.wrong)
			p := team.Send("/desk/arrivals/paper", "", wrong).Is(t, http.StatusUnprocessableEntity)
			_, summary, _ := strings.Cut(p.Body, `class="summary`)
			if summary, _, _ = strings.Cut(summary, "<h1"); !strings.Contains(plain(summary), c.says) {
				t.Errorf("%v: it says %s, not %s", c.wrong, plain(summary), c.says)
			}
			if f := p.Form(t, ""); f.Get("name") != "Inkblot" || f.Get("own") != "sews banners" {
				t.Errorf("%v: what was typed is lost: %v", c.wrong, f)
			}
		}
		if got := h.carried("old@paper.example"); got != nil {
			t.Fatalf("entered all the same: %q", got)
		}
		team.Send("/desk/arrivals/paper", "", form).Is(t, http.StatusOK).Shows(t, "They are entered")
		if got := h.carried("old@paper.example"); !slices.Equal(got, []string{"+ member.counted paper You may count me in.\nAt the gathering, too.", "+ member.membership paper You may keep me."}) {
			t.Errorf("%q", got)
		}
		team.Send("/desk/arrivals/paper", "", url.Values{"email": {"bare@paper.example"}, "kind": {"member"}, "lang": {"en"}, "day": {"2019-03-01"}, "yes": {"none"}}).Is(t, http.StatusOK).Shows(t, "They are entered")
		if got := h.carried("bare@paper.example"); got != nil {
			t.Errorf("agreed to nothing: %q", got)
		}
		team.Send("/desk/arrivals/paper", "", url.Values{"email": {"some@paper.example"}, "name": {"Blot"}, "kind": {"member"}, "lang": {"en"}, "day": {"2019-03-01"}, "yes": {"member.counted"}, "form": {"ours"}, "form-lang": {"en"}}).Is(t, http.StatusOK).Shows(t, "They are entered")
		team.Post("/desk/arrivals/write", url.Values{"form_key": {id.New(t.Context())}, "again": {""}}).Is(t, http.StatusOK)
		h.work()
		link, v := h.newest("old@paper.example"), h.visitor()
		f := v.Get(link).Is(t, http.StatusOK).Shows(t, "The form you signed says", "You may count me in").Form(t, "")
		if f.Get("name") != "Inkblot" || f.Get("own") != "sews banners" || !slices.Equal(f["does"], []string{"researcher"}) {
			t.Errorf("on arrival: %v", f)
		}
		v.Send(link, "", url.Values{"own": {"sews flags"}, "yes": {"member.membership"}}).Is(t, http.StatusOK)
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'old@paper.example' AND own = 'sews flags' AND standing = 'in'`); n != 1 {
			t.Error("what they changed on arrival is not kept")
		}
	})
}

// An address that waits on the sign-in page of a browser is gone as soon as somebody
// leaves the site there, comes in by another door, or goes out.
func TestNoAddressWaits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		for i, then := range []func(v *webtest.Visitor){
			func(v *webtest.Visitor) { v.Do(http.MethodGet, "/leave", nil, "") },
			func(v *webtest.Visitor) {
				h.visitor().Send("/sign-in", "", url.Values{"email": {"team@withus.example"}}).Is(t, http.StatusOK)
				h.work()
				v.Send(h.newest("team@withus.example"), "", nil).Is(t, http.StatusOK)
				v.Post("/sign-out", url.Values{"form_key": {id.New(t.Context())}})
			},
			func(v *webtest.Visitor) {
				v.SignIn("team@withus.example", "withus-team").Post("/sign-out", url.Values{"form_key": {id.New(t.Context())}})
			},
		} {
			email := fmt.Sprintf("ash%d@paper.example", i)
			team.Send("/desk/arrivals/paper", "", url.Values{"email": {email}, "kind": {"member"}, "lang": {"en"}, "day": {"2019-03-01"}, "yes": {"none"}}).Is(t, http.StatusOK)
			team.Post("/desk/arrivals/write", url.Values{"form_key": {id.New(t.Context())}, "again": {""}}).Is(t, http.StatusOK)
			h.work()
			v, link := h.visitor(), h.newest(email)
			if p := v.PostOnly(link, with(v.Get(link).Form(t, ""), "yes", "member.membership")); p.Header.Get("Location") != "/sign-in" {
				t.Fatalf("they arrive at %s", p.Header.Get("Location"))
			}
			then(v)
			if f := v.Get("/sign-in").Is(t, http.StatusOK).Form(t, ""); f.Get("email") != "" {
				t.Errorf("%d: the address waits on: %v", i, f)
			}
		}
	})
}

// By command or in the browser, a list comes to the same.
func TestImportByCommand(t *testing.T) {
	rows := func(h *house) (out []string) {
		for _, table := range []string{"arrival_person", "consent_entry", "member_member"} {
			for _, row := range h.dump()[table] {
				if i := strings.Index(row, "Our old list"); i >= 0 || strings.Contains(row, "@old.example") {
					out = append(out, strings.Join(slices.DeleteFunc(strings.Fields(row), func(w string) bool { return strings.Contains(w, "-") && len(w) > 30 || strings.Contains(w, ":") }), " "))
				}
			}
		}
		slices.Sort(out)
		return out
	}
	one, two := one(t), one(t)
	one.takePeople(one.as("team"), oldList, oldColumns, oldWords)
	o := app.ArrivalImport{Called: "Our old list", Map: "OK to count=member.counted:yes; May be a member=member.membership:signed; nick=name", DryRun: true}
	was := two.dump()
	l, err := two.Arrival.Import(t.Context(), strings.NewReader(oldList), o)
	if err != nil || l.Account.New != 4 || !maps.EqualFunc(was, two.dump(), slices.Equal) {
		t.Fatalf("the dry run: %+v, %v", l, err)
	}
	o.DryRun = false
	if l, err = two.Arrival.Import(t.Context(), strings.NewReader(oldList), o); err != nil || l.Account.New != 4 {
		t.Fatal(l, err)
	}
	if a, b := rows(one), rows(two); len(a) < 10 || !slices.Equal(a, b) {
		t.Errorf("the browser:\n%s\nthe command:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	if l, err = two.Arrival.Import(t.Context(), strings.NewReader(oldList), o); err != nil || l.Account.New != 0 || l.Account.Here != 5 {
		t.Errorf("once more: %+v, %v", l, err)
	}
	if _, err = two.Arrival.Import(t.Context(), strings.NewReader(oldList), app.ArrivalImport{Called: "x", Map: "Nothing=email"}); err == nil || !strings.Contains(err.Error(), "Nothing") {
		t.Error(err)
	}
}

// people are the lists of people that are here: those first that are not finished.
func (h *house) people() []string {
	h.t.Helper()
	all, err := db.All(h.t.Context(), h.DB, db.Text, `SELECT id FROM arrival_list ORDER BY state DESC, id`)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}
