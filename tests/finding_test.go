package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/web/webtest"
)

// author is somebody of these tests who wrote something.
const author, authorName = "green.bottle@elsewhere.example", "Green Bottle"

// wants asks who goes by a name, and gives the page of that.
func (h *house) wants(v *webtest.Visitor, name string, more url.Values) string {
	h.t.Helper()
	f := url.Values{"words": {"You will be sorry on Thursday."}, "place": {"/groups/the-long-bench"}, "name": {name}, "ground": {"threat"}, "reason": {"She does not dare to come any more."}}
	for k, is := range more {
		f[k] = is
	}
	p := v.Send("/desk/finding-out/new", "", f).Is(h.t, http.StatusOK).Shows(h.t, "Now a second person decides")
	return p.Path
}

var agreed = url.Values{"what": {"agree"}, "words": {"I read the same."}}

// A moderator asks, one of the team agrees: those two see whose account it is, and
// nobody else; the person gets a letter that says nothing, and reads on their own
// page what was done, and not by whom.
func TestFindingOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.joinBy(author, authorName)
		h.welcome(author)
		h.work()
		before := h.letters(author)
		moderator, team, third := h.as("moderator"), h.as("team"), h.second()
		h.visitor().Get("/finding-out").Is(t, http.StatusOK).Shows(t, "A court’s order", "fewer than 10")
		v.Get("/you").Hides(t, "Finding out who wrote something")
		at := h.wants(moderator, authorName, nil)
		moderator.Get(at).Shows(t, "somebody else decides").Hides(t, author)
		moderator.Post(at, with(team.Get(at).Form(t, ""), "what", "agree")).Is(t, http.StatusForbidden)
		team.Get("/desk").Shows(t, "2 questions wait")
		if !strings.Contains(moderator.Get("/you").Body, "/desk/finding-out") {
			t.Error("nothing leads a moderator there")
		}
		h.work()
		if n := h.letters(author) - before; n != 0 {
			t.Errorf("%d letters before a second one agreed", n)
		}
		h.exec(`UPDATE member_member SET standing = 'paused' WHERE id = (SELECT owner_member_id FROM member_persona WHERE name = $1)`, authorName)
		team.Send(at, "", agreed).Is(t, http.StatusOK).Shows(t, author)
		moderator.Get(at).Shows(t, author)
		h.work() // who pauses is told, too
		h.exec(`UPDATE member_member SET standing = 'in' WHERE id = (SELECT owner_member_id FROM member_persona WHERE name = $1)`, authorName)
		for _, p := range []string{at, "/desk/finding-out", "/desk/looks", "/desk"} {
			third.Get(p).Is(t, http.StatusOK).Hides(t, author)
		}
		h.as("member").Get(at).Is(t, http.StatusForbidden).Hides(t, author)
		third.Get("/desk/looks").Shows(t, "Whose account wrote something").Hides(t, authorName)
		team.Post(at, with(third.Get("/desk/finding-out/new").Form(t, ""), "what", "disagree")) // a form of another page
		h.work()
		if n := h.letters(author) - before; n != 1 {
			t.Errorf("%d letters", n)
		}
		for _, k := range h.tray.Letters() {
			if k.Letter.To == author && strings.Contains(k.Letter.Plain()+k.Letter.Subject, "sorry") {
				t.Errorf("the letter says it: %s", k.Letter.Plain())
			}
		}
		v.Get("/you").Shows(t, "There is something for you to read")
		team1, moderator1 := h.called("team@withus.example"), h.called("moderator@withus.example")
		v.Get("/you/found-out").Is(t, http.StatusOK).Shows(t, "sorry on Thursday", "does not dare", "Threats", "Looked at", "If you think this was wrong").Hides(t, "I read the same", team1, moderator1)
		v.Get("/you/data").Shows(t, "does not dare", "Whose account wrote something").Hides(t, team1, moderator1)
		h.as("member").Get("/you/found-out").Hides(t, "sorry on Thursday")
		h.exec(`UPDATE finding_wish SET changed = $1 WHERE state = 'found'`, time.Now().AddDate(0, 0, -8))
		for _, v := range []*webtest.Visitor{moderator, team} {
			v.Get(at).Is(t, http.StatusOK).Hides(t, author)
		}
	})
}

// A danger that the second one confirms keeps it from the person on every page of
// theirs, until the day; then the work that comes round tells them.
func TestFindingOutLater(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.joinBy(author, authorName)
		h.welcome(author)
		h.work()
		moderator, team := h.as("moderator"), h.as("team")
		at := h.wants(moderator, authorName, url.Values{"danger": {"He would come to her door."}, "day": {time.Now().UTC().AddDate(0, 0, 90).Format(time.DateOnly)}})
		team.Send(at, "", url.Values{"what": {"agree"}, "words": {"I think so, too."}, "danger": {"yes"}}).Is(t, http.StatusOK).Shows(t, author, "say nothing to them")
		moderator.Get(at).Shows(t, author)
		before := h.letters(author)
		h.round("finding.settle")
		h.work()
		for _, p := range []string{"/you", "/you/found-out", "/you/data"} {
			v.Get(p).Is(t, http.StatusOK).Hides(t, "There is something for you to read", "sorry on Thursday", "Whose account wrote something")
		}
		if n := h.letters(author) - before; n != 0 {
			t.Errorf("%d letters before their day", n)
		}
		h.exec(`UPDATE finding_wish SET tell_on = $1 WHERE held = TRUE`, db.Day(time.Now()))
		h.round("finding.settle")
		h.work()
		h.round("finding.settle")
		h.work()
		v.Get("/you/found-out").Shows(t, "sorry on Thursday", "could put somebody in danger", "Looked at").Hides(t, "come to her door")
		if n := h.letters(author) - before; n != 1 {
			t.Errorf("%d letters on their day", n)
		}
	})
}

// Whoever signed in too long ago does so once more; what they typed comes back.
// Sent twice, it is asked once. Who lost the role meets nothing.
func TestFindingOutDoors(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		moderator, team := h.as("moderator"), h.as("team")
		asked := func() int { return h.count(`SELECT count(*) FROM finding_wish WHERE words LIKE '%sorry on%'`) }
		f := moderator.Get("/desk/finding-out/new").Form(t, "")
		for k, is := range map[string]string{"words": "You will be sorry on Thursday.", "place": "Under the news", "name": "Moira", "ground": "threat", "reason": "She does not dare to come any more."} {
			f.Set(k, is)
		}
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(-time.Minute))
		moderator.Post("/desk/finding-out/new", f).Is(t, http.StatusConflict).Shows(t, "Sign in once more", "She does not dare")
		if p := moderator.Get("/desk/finding-out/new"); !strings.HasPrefix(p.Path, "/sign-in") {
			t.Errorf("the form opens at %s", p.Path)
		}
		if asked() != 0 {
			t.Error("it was asked")
		}
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(time.Hour))
		at := moderator.Post("/desk/finding-out/new", f).Is(t, http.StatusOK).Path
		if again := moderator.Post("/desk/finding-out/new", f).Is(t, http.StatusOK); again.Path != at || asked() != 1 {
			t.Errorf("sent twice it is asked %d times, and leads to %s", asked(), again.Path)
		}
		team.Send(at, "", agreed).Is(t, http.StatusOK).Shows(t, "member@withus.example")
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(-time.Minute))
		if p := team.Get(at); !strings.HasPrefix(p.Path, "/sign-in") {
			t.Errorf("an old sign-in sees %s", p.Path)
		}
		team.Post(at, f).Hides(t, "member@withus.example")
		h.exec(`UPDATE signin_session SET fresh = $1`, time.Now().Add(time.Hour))
		if err := h.Members.SetRole(t.Context(), "moderator@withus.example", access.Member); err != nil {
			t.Fatal(err)
		}
		moderator.Get(at).Is(t, http.StatusForbidden).Hides(t, "member@withus.example")
	})
}

// called is what an example person is called.
func (h *house) called(email string) string {
	h.t.Helper()
	name, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT p.name FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id WHERE m.email = $1 AND p.acting = TRUE`, email)
	if err != nil {
		h.t.Fatal(err)
	}
	return name
}

// Who was raised today reads from when on they may be one of the two, before they
// type anything; and what they had typed by then is not lost.
func TestFindingOutByNewOnes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		moderator := h.as("moderator")
		f := moderator.Get("/desk/finding-out/new").Is(t, http.StatusOK).Hides(t, "less than 30 days").Form(t, "")
		h.exec(`UPDATE member_member SET role_since = $1 WHERE email = $2`, db.Day(time.Now()), "moderator@withus.example")
		from := h.Server.Langs.First().Date(db.Day(time.Now()).AddDate(0, 0, 30))
		moderator.Get("/desk/finding-out/new").Is(t, http.StatusOK).Shows(t, "less than 30 days", from).Hides(t, "Ask a second person")
		for name, value := range map[string]string{"words": "She counts the windows.", "place": "/groups", "name": "Somebody", "ground": "life", "reason": "They say when, where and how."} {
			f.Set(name, value)
		}
		moderator.Post("/desk/finding-out/new", f).Is(t, http.StatusConflict).Shows(t, from, "She counts the windows.", "They say when, where and how.")
	})
}
