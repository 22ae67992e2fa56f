package tests

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// nobodyMailed holds that no letter went to an empty address, or to a name.
func (h *house) nobodyMailed() {
	h.t.Helper()
	for _, k := range h.tray.Letters() {
		if !strings.Contains(k.Letter.To, "@") {
			h.t.Errorf("a letter %q to %q", k.Letter.Subject, k.Letter.To)
		}
	}
}

var onPaper = regexp.MustCompile(`<li>([A-Z2-7]{4}(?: [A-Z2-7]{4}){3})</li>`)

// codesOn are the codes for paper on a page.
func codesOn(t *testing.T, p *webtest.Page) (out []string) {
	t.Helper()
	_, folded, _ := strings.Cut(p.Body, `<details class="panel unfolds">`) // somebody may see the screen
	folded, _, _ = strings.Cut(folded, "</details>")
	for _, m := range onPaper.FindAllStringSubmatch(folded, -1) {
		out = append(out, m[1])
	}
	if all := len(onPaper.FindAllString(p.Body, -1)); len(out) != 10 || all != 10 {
		t.Fatalf("%d codes on %s, %d of them folded up", all, p.Path, len(out))
	}
	return out
}

// joinWithout lets somebody join without an address, and gives their sign-in name,
// their codes, and how many pages they saw.
func (h *house) joinWithout(v *webtest.Visitor, name, words, password string) (login string, codes []string, pages int) {
	h.t.Helper()
	p := v.Get("/join").Is(h.t, http.StatusOK)
	for _, said := range []url.Values{
		{"kind": {"member"}},
		{"lived": {"yes"}},
		{"name": {name}},
		{"counted": {"yes"}},
		{"nomail": {"yes"}, "login": {words}, "words": {"By the urn on Tuesdays."}},
		{"password": {password}},
		{"code": {}},
		{},
	} {
		f := p.Form(h.t, "")
		for name, values := range said {
			f[name] = values
		}
		if p.Path == "/join/door" {
			login = regexp.MustCompile(`autocomplete="username" value="([^"]+)"`).FindStringSubmatch(p.Body)[1]
		}
		if p.Path == "/join/paper" {
			codes = codesOn(h.t, p)
			f.Set("code", strings.ToLower(codes[3]))
		}
		p = v.Post(p.Path, f).Is(h.t, http.StatusOK)
		pages++
		// How many steps there are is said once it is known.
		switch p.Path {
		case "/join/experience", "/join/name", "/join/counted", "/join/reach":
			p.Shows(h.t, fmt.Sprint("Step ", pages+1)).Hides(h.t, " of 6", " of 8")
		case "/join/door", "/join/paper", "/join/send":
			p.Shows(h.t, fmt.Sprintf("Step %d of 8", pages+1))
		}
	}
	if p.Path != "/you" {
		h.t.Fatalf("the way in ends at %s: %s", p.Path, p.Text())
	}
	return login, codes, pages
}

// The whole way without e-mail: an account on at most eight pages, by no letter; an
// answer that is read on the page; signing in by the name however it is written; a
// forgotten password; and nobody mailed.
func TestWithoutEmail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const password = "four words in a row"
		v := h.visitor()
		login, codes, pages := h.joinWithout(v, "Teal Teapot", "Moon River", password)
		if pages > 8 || !regexp.MustCompile(`^Moon River [2-9]{4}$`).MatchString(login) {
			t.Errorf("%d pages, and the name %q", pages, login)
		}
		v.Get("/you").Shows(t, "You have asked to join", login).Hides(t, "new message")
		sub, err := h.Members.Subject(t.Context(), login)
		if err != nil || sub.Email != "" || sub.Login == "" {
			t.Fatal(sub, err)
		}
		v.Get("/you/agreed").Is(t, http.StatusOK).Shows(t, "You said yes here")

		// The team sees that there is no address, and neither name.
		at := "/desk/joining/" + h.applicationOf(sub.Member)
		p := h.as("team").Get(at).Is(t, http.StatusOK).Shows(t, "No e-mail").Hides(t, login, "Teal Teapot")
		if strings.Contains(p.Body, "mailto:") {
			t.Error("the desk writes to nobody")
		}
		h.as("team").Send(at, at, nil).Is(t, http.StatusOK).Shows(t, "They are in")
		h.work()
		v.Get("/you").Is(t, http.StatusOK).Shows(t, "You have 1 new message")
		list := v.Get("/you/messages").Is(t, http.StatusOK).Shows(t, "New:")
		one := regexp.MustCompile(`/you/messages/[0-9a-f-]{36}`).FindString(list.Body)
		v.Get(one).Is(t, http.StatusOK)
		v.Get("/you").Shows(t, "You have 1 new message") // D2: looking notes nothing
		h.as("member").Get(one).Is(t, http.StatusNotFound)
		f := v.Get(one).Form(t, "")
		f.Set("do", "read")
		v.Post(one, f).Is(t, http.StatusOK).Hides(t, "New:")
		v.Get("/you").Hides(t, "new message")
		f = v.Get(one).Form(t, "")
		f.Set("do", "drop")
		v.Post(one, f).Is(t, http.StatusOK).Shows(t, "There are no messages")
		v.Get(one).Is(t, http.StatusNotFound)

		arabic := strings.NewReplacer("2", "٢", "3", "٣", "4", "٤", "5", "٥", "6", "٦", "7", "٧", "8", "٨", "9", "٩").Replace(login)
		for _, typed := range []string{login, strings.ToUpper(login), strings.ReplaceAll(login, " ", ""), "m\u200boon-\u202eriver" + login[10:], "mооn " + login[5:], arabic} {
			p := h.visitor().PostOnly("/sign-in", url.Values{"email": {typed}, "password": {password}})
			if p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/you" {
				t.Errorf("%q: status %d to %s", typed, p.Status, p.Header.Get("Location"))
			}
		}
		// Without a password nothing is sent, whoever they are.
		for _, name := range []string{login, "nobody at all 2222"} {
			h.visitor().Post("/sign-in", url.Values{"email": {name}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "We can send a link to an address only")
		}

		// B5: a code works once, ends every session, and is told on the page.
		use := func(code, fresh string) *webtest.Page {
			return h.visitor().PostOnly("/sign-in/paper", url.Values{"email": {login}, "code": {code}, "fresh": {fresh}})
		}
		if p := use(codes[0], "another three words"); p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/you" {
			t.Fatalf("a code: status %d: %s", p.Status, p.Text())
		}
		for _, code := range []string{codes[0], "AAAA BBBB CCCC DDDD", ""} {
			use(code, "another three words").Is(t, http.StatusUnprocessableEntity).Shows(t, "This opens nothing")
		}
		if v.Get("/you").Path == "/you" {
			t.Error("a session outlives the password")
		}
		v.SignIn(login, "another three words")
		h.work()
		v.Get("/you").Shows(t, "You have 1 new message")

		// B2, B7: who has a second step is asked for it then, and no code of these is one.
		h.secondStep(v, "another three words")
		p = use(codes[1], password)
		if p.Header.Get("Location") != "/sign-in/second" {
			t.Errorf("a code skips the second step: %s", p.Header.Get("Location"))
		}
		half := h.visitor()
		half.Post("/sign-in/paper", url.Values{"email": {login}, "code": {codes[2]}, "fresh": {password}}).Is(t, http.StatusOK)
		half.Post("/sign-in/second", url.Values{"code": {codes[4]}}).Is(t, http.StatusUnprocessableEntity)

		if err := h.Erase(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		for _, found := range holds(h.dump(), login, "Moon River", sub.Login, sub.Member) {
			t.Error(found)
		}
		h.nobodyMailed()
	})
}

// applicationOf is somebody's application.
func (h *house) applicationOf(member string) string {
	h.t.Helper()
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM member_application WHERE owner_member_id = $1`, member)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// An address goes, and its owner stays: a name, codes, a last letter that can undo it;
// and an address comes later, beside the name.
func TestLeavingAndAddingAnAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, password = "kettle@elsewhere.example", "four words in a row"
		v := h.joinBy(email, "Kettle Nine")
		h.welcome(email)
		v.Get("/you/codes").Is(t, http.StatusOK).Shows(t, "First give yourself a password")
		v.Send("/sign-in/password", "", url.Values{"fresh": {password}}).Is(t, http.StatusOK)
		p := v.Get("/you/codes").Is(t, http.StatusOK)
		codes := codesOn(t, p)
		login := regexp.MustCompile(`You sign in as <strong><bdi>([^<]+)`).FindStringSubmatch(p.Body)[1]
		f := p.Form(t, "")
		f.Set("code", codes[0])
		f.Set("old", "not it at all")
		v.Post("/you/codes", f).Is(t, http.StatusUnprocessableEntity).Shows(t, "not the password", login)
		f.Set("old", password)
		v.Post("/you/codes", f).Is(t, http.StatusOK).Shows(t, "Your address is gone", login).Hides(t, email)
		h.work()
		undo := h.newest(email)
		if !strings.HasPrefix(undo, "/sign-in/undo/") {
			t.Fatalf("the letter leads to %s", undo)
		}
		h.visitor().Post("/sign-in", url.Values{"email": {email}}).Is(t, http.StatusOK)
		h.work()
		if h.newest(email) != undo {
			t.Error("an address that went gets a link")
		}
		h.visitor().SignIn(login, password)
		// What would be mailed stands here, for each room that writes.
		h.exec(`UPDATE member_member SET renewed = $1 WHERE login = $2`, time.Now().AddDate(-2, 0, 0), login)
		h.round("member.renewals")
		v.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK)
		h.work()
		v.Get("/you").Shows(t, "new message")
		for _, at := range regexp.MustCompile(`/you/messages/[0-9a-f-]{36}`).FindAllString(v.Get("/you/messages").Body, -1) {
			if p := v.Get(at); strings.Contains(p.Body, "/stay/") || strings.Contains(p.Body, "/groups-asked/") && !strings.Contains(p.Body, "/groups-asked/mine") {
				t.Errorf("%s holds a key", at)
			}
		}
		v.Send("/you/leave", "/you/leave/stay", nil).Is(t, http.StatusOK)
		v.Send(undo, "", nil).Is(t, http.StatusOK)
		if p := h.visitor().PostOnly("/sign-in", url.Values{"email": {login}, "password": {password}}); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("undone, and the password still opens it: %d", p.Status)
		}

		// Somebody who never had one gives one.
		w := h.visitor()
		name, codes, _ := h.joinWithout(w, "", "", password)
		const late = "late@elsewhere.example"
		w.Send("/you/email", "", url.Values{"email": {late}, "old": {password}}).Is(t, http.StatusOK)
		h.work()
		w.Send(h.newest(late), "", nil).Is(t, http.StatusOK)
		w.Get("/you").Shows(t, late, name)
		h.visitor().SignIn(name, password)
		h.visitor().SignIn(late, password)
		// Who reads here is warned at the address, too: whoever got in could delete the
		// message. The letter says nothing to whoever sees it in a list.
		w.Send("/you/seen", "", url.Values{"here": {"yes"}}).Is(t, http.StatusOK)
		h.exec(`DELETE FROM member_message`)
		before := len(h.tray.Letters())
		if p := h.visitor().PostOnly("/sign-in/paper", url.Values{"email": {name}, "code": {codes[5]}, "fresh": {password}}); p.Status != http.StatusSeeOther {
			t.Errorf("the codes stopped: %d", p.Status)
		}
		h.work()
		letters := h.tray.Letters()[:len(h.tray.Letters())-before]
		if len(letters) != 1 || letters[0].Letter.To != late || !letters[0].Letter.Nameless || letters[0].Letter.Subject != "Your link" || !strings.Contains(letters[0].Letter.Plain(), "A code on paper was used") {
			t.Errorf("warned by %+v", letters)
		}
		if n := h.count(`SELECT count(*) FROM member_message`); n != 1 {
			t.Errorf("%d messages of it", n)
		}
		h.nobodyMailed()
	})
}

// Every letter to a person is kept for who reads here, with an address or without;
// those that hold keys to the account itself still go to the address.
func TestMessagesInPlaceOfMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const login = "willow kettle 4827"
		none, err := h.Members.Subject(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		some, err := h.Members.Subject(t.Context(), "organiser@withus.example")
		if err != nil {
			t.Fatal(err)
		}
		organiser := h.as("organiser")
		organiser.Send("/you/seen", "", url.Values{"here": {"yes"}}).Is(t, http.StatusOK)
		h.exec(`DELETE FROM member_message`)
		v := h.visitor().SignIn(login, "withus-nomail")
		v.Get("/you/seen").Is(t, http.StatusOK).Hides(t, "Keep my messages here")
		before := len(h.tray.Letters())
		h.work()
		slug := h.free(1)[0]
		slug = h.change(h.as("team"), slug, map[string]any{"published": true, "audience": "everyone"})
		for i, who := range []string{login, "organiser@withus.example"} {
			h.organise(slug, who)
			h.exec(`DELETE FROM group_asked`)
			h.exec(`UPDATE member_member SET renewed = $2 WHERE id = $1`, []string{none.Member, some.Member}[i], time.Now().AddDate(-2, 0, 0))
		}
		h.exec(`DELETE FROM member_asked`)
		h.visitor().Send("/groups/"+slug+"/suggest", "", url.Values{"field": {"phone"}, "words": {"000 000 001"}}).Is(t, http.StatusOK)
		h.round("member.renewals")
		if err := h.Groups.AskOrganisers(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.work()
		v.Send("/you/leave", "", url.Values{"when": {"later"}}).Is(t, http.StatusOK)
		h.work()
		for who, member := range map[*webtest.Visitor]string{v: none.Member, organiser: some.Member} {
			body := who.Get("/you/messages").Is(t, http.StatusOK).Body
			paths := ""
			for _, at := range regexp.MustCompile(`/you/messages/[0-9a-f-]{36}`).FindAllString(body, -1) {
				p := who.Get(at).Is(t, http.StatusOK)
				paths += strings.Join(regexp.MustCompile(`<a class="button" href="([^"]+)"`).FindStringSubmatch(p.Body), " ")
			}
			wants := []string{`"/you/membership"`, `"/groups-asked/mine"`}
			if who == v {
				wants = append(wants, `"/you/leave"`)
			}
			for _, want := range wants {
				if !strings.Contains(paths, want) {
					t.Errorf("%s: no message leads to %s: %s", member, want, paths)
				}
			}
		}
		organiser.Get("/groups-asked/mine").Is(t, http.StatusOK)
		h.visitor().Get("/groups-asked/mine").Is(t, http.StatusNotFound)
		h.as("member").Get("/groups-asked/mine").Is(t, http.StatusNotFound)
		for _, k := range h.tray.Letters()[:len(h.tray.Letters())-before] {
			if k.Letter.To == "organiser@withus.example" || !strings.Contains(k.Letter.To, "@") {
				t.Errorf("a letter %q to %q", k.Letter.Subject, k.Letter.To)
			}
		}
		h.visitor().Post("/sign-in", url.Values{"email": {"organiser@withus.example"}}).Is(t, http.StatusOK)
		h.work()
		if to := h.newest("organiser@withus.example"); !strings.HasPrefix(to, "/sign-in/link/") {
			t.Errorf("the link that was asked for leads to %s", to)
		}
		h.nobodyMailed()
	})
}

// B4: whether a name has an account shows in nothing: not in the answer, not in the
// work; and joining never says that a name is taken.
func TestNamesAreNoOracle(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		login, _, _ := h.joinWithout(h.visitor(), "", "Moon River", "four words in a row")
		h.visitor().Get("/sign-in/lost").Shows(t, "by an address: seven days", "by a name: two of the team have to say yes, and it takes fourteen days").Hides(t, "a talk and a week")
		for _, at := range []string{"/sign-in", "/sign-in/paper", "/sign-in/lost"} {
			var first *webtest.Page
			for _, name := range []string{login, "moon river 1111", "someone"} {
				h.exec(`DELETE FROM web_limit`)
				f := url.Values{"email": {name}}
				switch at {
				case "/sign-in":
					f.Set("password", "not their password")
				case "/sign-in/paper":
					f.Set("code", "AAAA")
					f.Set("fresh", "not their password")
				default:
					f.Set("form_key", id.New(t.Context()))
				}
				p := h.visitor().PostOnly(at, f)
				if first == nil {
					first = p
				}
				if p.Status != first.Status || p.Statements != first.Statements {
					t.Errorf("%s, %q: status %d with %d statements, want %d with %d", at, name, p.Status, p.Statements, first.Status, first.Statements)
				}
			}
		}
		again, _, _ := h.joinWithout(h.visitor(), "", "mo\u200bon river", "four words in a row")
		if again == login || !strings.HasPrefix(again, "moon river ") {
			t.Errorf("the second one is %q", again)
		}
		for _, words := range []string{"a@b.example", "2345", "\u202e", strings.Repeat("x", 41), strings.Repeat("🫖", 10_000)} {
			v := h.visitor()
			p := v.Get("/join")
			for _, said := range []url.Values{{"kind": {"supporter"}}, {}, {}, {"nomail": {"yes"}, "login": {words}}} {
				f := p.Form(t, "")
				for name, values := range said {
					f[name] = values
				}
				p = v.Post(p.Path, f)
			}
			if words == "\u202e" { // nothing that can be seen: we make one up
				p.Is(t, http.StatusOK).Shows(t, "This is your sign-in name")
			} else if p.Status != http.StatusUnprocessableEntity {
				t.Errorf("%.20q: status %d", words, p.Status)
			}
		}
	})
}

// A flood of accounts without an address ends.
func TestFloodWithoutEmail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 10 {
			h.joinWithout(h.visitor(), "", "", "four words in a row")
		}
		n := h.count(`SELECT count(*) FROM member_member`)
		v := h.visitor()
		p := v.Get("/join")
		for _, said := range []url.Values{{"kind": {"supporter"}}, {}, {}, {"nomail": {"yes"}}, {"password": {"four words in a row"}}, {}, {}} {
			f := p.Form(t, "")
			for name, values := range said {
				f[name] = values
			}
			if p.Path == "/join/paper" {
				f.Set("code", codesOn(t, p)[0])
			}
			p = v.Post(p.Path, f)
		}
		if p.Status != http.StatusTooManyRequests || h.count(`SELECT count(*) FROM member_member`) != n {
			t.Errorf("the eleventh within an hour: status %d: %s", p.Status, p.Text())
		}
	})
}
