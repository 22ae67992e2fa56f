package tests

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/web/webtest"
)

// wish lets somebody say on the way in what it takes, up to the letter that is
// on its way to them then. It gives how many pages they saw.
func (h *house) wish(v *webtest.Visitor, email, name string) (pages int) {
	h.t.Helper()
	p := v.Get("/join").Is(h.t, http.StatusOK)
	pages++
	for _, said := range []url.Values{
		{"kind": {"member"}},
		{"lived": {"yes"}, "own": {"keeps the minutes nobody asked for"}},
		{"name": {name}, "country": {"GB"}},
		{"counted": {"yes"}},
		{"email": {email}, "words": {"It is only me."}},
		{},
	} {
		f := p.Form(h.t, "")
		for name, values := range said {
			f[name] = values
		}
		p = v.Post(p.Path, f).Is(h.t, http.StatusOK)
		pages++
	}
	if p.Path != "/join/sent" {
		h.t.Fatalf("the way in ends at %s: %s", p.Path, p.Text())
	}
	return pages
}

// joinBy lets somebody join, by the link in their letter.
func (h *house) joinBy(email, name string) *webtest.Visitor {
	h.t.Helper()
	v := h.visitor()
	h.wish(v, email, name)
	h.work()
	v.Send(h.newest(email), "", nil).Is(h.t, http.StatusOK)
	return v
}

// newest is where the newest letter to an address leads.
func (h *house) newest(email string) string {
	h.t.Helper()
	for _, k := range h.tray.Letters() {
		if k.Letter.To == email {
			return strings.TrimPrefix(k.Letter.Link.URL, "http://127.0.0.1")
		}
	}
	h.t.Fatalf("no letter to %s", email)
	return ""
}

// wishOf is the application of somebody.
func (h *house) wishOf(email string) string {
	h.t.Helper()
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT a.id FROM member_application a JOIN member_member m ON m.id = a.owner_member_id WHERE m.email = $1`, email)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// welcome lets the team welcome somebody.
func (h *house) welcome(email string) {
	h.t.Helper()
	at := "/desk/joining/" + h.wishOf(email)
	h.as("team").Send(at, at, nil).Is(h.t, http.StatusOK).Shows(h.t, "They are in")
}

// The whole way: asked, waiting, refused with a reason, asked again, welcomed;
// on at most eight pages; and what is for members is seen from then on.
func TestJoining(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "odd.socks@elsewhere.example", "Odd Socks the Second"
		v := h.visitor()
		pages := h.wish(v, email, name) + 1 // and the one the link leads to
		if pages > 8 {
			t.Errorf("joining takes %d pages", pages)
		}
		h.work()
		link := h.newest(email)
		for range 3 { // programs that look into mail press nothing
			h.visitor().Get(link).Is(t, http.StatusOK).Shows(t, "Is this you?", name, "By joining you agree")
		}
		p := v.Send(link, "", nil).Is(t, http.StatusOK)
		if p.Path != "/you" {
			t.Fatalf("it leads to %s", p.Path)
		}
		p.Shows(t, "You have asked to join", name, email).Hides(t, "Welcome.")
		h.visitor().Get(link).Is(t, http.StatusNotFound).Shows(t, "used already")
		forMembers := h.change(h.as("team"), h.free(1)[0], map[string]any{"audience": "members", "published": true})
		v.Get("/groups/"+forMembers).Is(t, http.StatusNotFound)
		v.Get("/desk").Is(t, http.StatusForbidden)

		team := h.as("team")
		at := "/desk/joining/" + h.wishOf(email)
		team.Get("/desk").Shows(t, "people wait")
		// H8: who welcomes people does not learn from it what they are called.
		for _, p := range []*webtest.Page{team.Get("/desk/joining").Is(t, http.StatusOK), team.Get(at).Is(t, http.StatusOK)} {
			for _, line := range strings.Split(p.Body, "\n") {
				if strings.Contains(line, ">"+name+"<") {
					t.Errorf("%s names them", p.Path)
				}
			}
		}
		no := url.Values{"form_key": {team.Get(at).Form(t, at).Get("form_key")}, "what": {"refuse"}}
		team.Post(at, no).Is(t, http.StatusUnprocessableEntity).Shows(t, "One thing is missing or wrong", "The reason")
		no = url.Values{"form_key": {team.Get(at).Form(t, at).Get("form_key")}, "what": {"refuse"}, "reason": {"We could not tell who you are."}}
		team.Post(at, no).Is(t, http.StatusOK)
		h.work()
		if to := h.newest(email); !strings.HasPrefix(to, "/you") {
			t.Errorf("the letter leads to %s", to)
		}
		v.Get("/you").Shows(t, "The answer was no", "We could not tell who you are.")
		v.Send("/join/again", "", url.Values{"words": {""}}).Is(t, http.StatusUnprocessableEntity)
		v.Send("/join/again", "", url.Values{"words": {"Ask at the tea urn."}}).Is(t, http.StatusOK).Shows(t, "You have asked to join")
		team.Get(at).Shows(t, "Ask at the tea urn.")
		h.welcome(email)
		v.Get("/you").Hides(t, "You have asked to join")
		v.Get("/groups/"+forMembers).Is(t, http.StatusOK)
		v.Get("/you/agreed").Shows(t, "Being counted", "Take it back")
		v.Send("/you/agreed", "/you/agreed-not", nil).Is(t, http.StatusOK).Shows(t, "No yes of yours stands here")
	})
}

// J2, J9: what was said stays while somebody is on the way, on their device and
// nowhere else; nobody gets past a question; all of it can be thrown away.
func TestOnTheWayIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.visitor()
		v.Get("/").Shows(t, "Join the network")
		h.as("member").Get("/").Shows(t, "Your page").Hides(t, "Join the network")
		v.Get("/join/send").Is(t, http.StatusOK)
		if p := v.Get("/join/reach"); p.Path != "/join" {
			t.Errorf("who has said nothing is at %s", p.Path)
		}
		v.Send("/join", "", url.Values{"kind": {"member"}}).Is(t, http.StatusOK)
		if p := v.Get("/join/send"); p.Path != "/join/experience" {
			t.Errorf("who has not answered is at %s", p.Path)
		}
		p := v.Send("/join/experience", "", url.Values{"own": {"collects <b>doors</b>"}}).Is(t, http.StatusUnprocessableEntity)
		if got := p.Form(t, "").Get("own"); got != "collects <b>doors</b>" {
			t.Errorf("after a mistake %q is left", got)
		}
		v.Send("/join/experience", "", url.Values{"lived": {"yes"}, "own": {"collects doors"}}).Is(t, http.StatusOK)
		v.Get("/join/experience").Shows(t, "Step 2").Hides(t, "Step 2 of")
		if f := v.Get("/join/experience").Form(t, ""); f.Get("own") != "collects doors" || f.Get("lived") != "yes" {
			t.Errorf("what was said is %v", f)
		}
		if f := h.visitor().Get("/join/experience"); strings.Contains(f.Body, "collects doors") {
			t.Error("another browser reads it")
		}
		for _, found := range holds(h.dump(), "collects doors") {
			t.Error(found)
		}
		// A supporter is not asked what they lived through, and keeps the rest.
		v.Send("/join", "", url.Values{"kind": {"supporter"}}).Is(t, http.StatusOK).Shows(t, "Step 2", "What shall we call you?")
		v.Send("/join", "/join/forget", nil).Is(t, http.StatusOK).Shows(t, "It is thrown away.")
		if p := v.Get("/join/name"); p.Path != "/join" || strings.Contains(p.Body, "still here") {
			t.Errorf("it is still there: %s", p.Text())
		}
		if n := h.count(`SELECT count(*) FROM web_box`); n != 0 {
			t.Errorf("%d boxes are left", n)
		}
	})
}

// B4, G4: an address that is known is answered like any other, and nobody's
// mailbox is flooded by this door.
func TestJoiningTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.wish(h.visitor(), "member@withus.example", "Somebody Else")
		h.work()
		if to := h.newest("member@withus.example"); !strings.HasPrefix(to, "/sign-in") {
			t.Errorf("the letter leads to %s", to)
		}
		sent := len(h.tray.Letters())
		v := h.visitor()
		h.wish(v, "flooded@elsewhere.example", "Flooder")
		refused := 0
		for range 8 {
			if p := v.Send("/join/send", "", nil); p.Status == http.StatusTooManyRequests {
				refused++
			}
		}
		h.work()
		if n := len(h.tray.Letters()) - sent; n != 5 || refused != 4 {
			t.Errorf("%d letters were sent, %d times it was refused", n, refused)
		}
	})
}

// What the network closes is closed at once, for those on the way too.
func TestKindsOfMembership(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, v := h.as("team"), h.visitor()
		v.Send("/join", "", url.Values{"kind": {"supporter"}}).Is(t, http.StatusOK)
		team.Send("/desk/kinds/supporter", "", url.Values{"open": nil}).Is(t, http.StatusOK).Shows(t, "Nobody can join in this way just now.")
		if p := v.Get("/join/name"); p.Path != "/join" {
			t.Errorf("they are at %s", p.Path)
		}
		v.Get("/join").Hides(t, "As a supporter")
		v.Send("/join", "", url.Values{"kind": {"supporter"}}).Is(t, http.StatusUnprocessableEntity)
		team.Send("/desk/kinds/member", "", url.Values{"met": {"at-once"}}).Is(t, http.StatusOK)
		in := h.joinBy("quick@elsewhere.example", "Quick One")
		in.Get("/you").Hides(t, "You have asked to join")
		team.Send("/desk/kinds/member", "", url.Values{"met": {"never"}}).Is(t, http.StatusUnprocessableEntity)

		// Who changed it is written down, and one press takes it back.
		stale := team.Get("/desk/kinds/member").Form(t, "")
		team.Get("/desk/kinds/group/history").Is(t, http.StatusOK).Shows(t, "Nothing was changed yet")
		team.Get("/desk/kinds/member/history").Is(t, http.StatusOK).Shows(t, "by "+h.nameAs("team@withus.example"), "As it began")
		team.Send("/desk/kinds/member/history", "/desk/kinds/member/restore", nil).Is(t, http.StatusOK).Shows(t, "It is as before")
		h.joinBy("slow@elsewhere.example", "Slow One").Get("/you").Shows(t, "You have asked to join")
		again := team.Post("/desk/kinds/member", stale).Is(t, http.StatusConflict).Shows(t, "Somebody else changed this").Form(t, "")
		team.Post("/desk/kinds/member", again).Is(t, http.StatusOK).Shows(t, "It counts from now on")
	})
}

// Whoever asked takes it back in two presses, and is gone as if they had never
// asked; whoever of the team was just answering is told so, and of two who press at
// the same time one was first.
func TestTakenBackByThemselves(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "second.thoughts@elsewhere.example", "Second Thoughts"
		team := h.as("team")
		v := h.joinBy(email, name)
		wish := "/desk/joining/" + h.wishOf(email)
		yes := url.Values{"form_key": {team.Get(wish).Is(t, http.StatusOK).Form(t, wish).Get("form_key")}, "what": {"welcome"}}

		v.Get("/you").Is(t, http.StatusOK).Shows(t, "Take your application back")
		page := v.Get("/join/take-back").Is(t, http.StatusOK).Shows(t, "as if you had never asked", "can’t call back")
		v.Post("/join/take-back", url.Values{"form_key": {page.Form(t, "/join/take-back").Get("form_key")}}).Is(t, http.StatusUnprocessableEntity)
		v.Send("/join/take-back", "/join/take-back", url.Values{"sure": {"yes"}}).Is(t, http.StatusOK).Shows(t, "You have taken it back")

		if n := h.count(`SELECT count(*) FROM member_member WHERE email = $1`, email); n != 0 {
			t.Error("the account is still there")
		}
		team.Get("/desk/joining").Is(t, http.StatusOK).Hides(t, wish)
		team.Get(wish).Is(t, http.StatusNotFound).Shows(t, "has taken it back")
		team.Post(wish, yes).Is(t, http.StatusConflict).Shows(t, "has taken it back").Hides(t, "Somebody of the team has answered")
		v.Get("/you").Hides(t, "You have asked to join", name)

		// They may ask anew, with the same address and the same name.
		w := h.joinBy(email, name)
		key := w.Get("/join/take-back").Form(t, "/join/take-back").Get("form_key")
		h.welcome(email)
		w.Post("/join/take-back", url.Values{"form_key": {key}, "sure": {"yes"}}).Is(t, http.StatusConflict).Shows(t, "The network team was faster")
		w.Get("/join/take-back").Is(t, http.StatusNotFound)
		w.Get("/you").Is(t, http.StatusOK).Shows(t, name)
	})
}

// Whoever asked to join may look after a group by now: what becomes of it is said
// where they leave, and they do not go by the short way.
func TestNotTakenBackWithAGroup(t *testing.T) {
	h := one(t)
	const email = "holds.a.group@elsewhere.example"
	v := h.joinBy(email, "Holds a Group")
	sub, err := h.Members.Subject(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	page := v.Get("/join/take-back").Form(t, "/join/take-back")
	err = h.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := access.Grant(ctx, tx, sub.Personas[0], h.groupID(h.free(1)[0]), access.Organiser)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v.Post("/join/take-back", url.Values{"form_key": {page.Get("form_key")}, "sure": {"yes"}}).Is(t, http.StatusConflict).Shows(t, "What leaving means")
	v.Get("/join/take-back").Is(t, http.StatusOK).Shows(t, "What leaving means").Hides(t, "delete everything")
}

// The team reads who was answered lately, what and by whom. Who was refused reads
// until when, and is gone then; their address is free to come anew.
func TestAnswersOfTheTeam(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const no, yes = "told.no@elsewhere.example", "told.yes@elsewhere.example"
		v := h.joinBy(no, "Told No")
		h.joinBy(yes, "Told Yes")
		team, at := h.as("team"), "/desk/joining/"+h.wishOf(no)
		team.Send(at, at, url.Values{"what": {"refuse"}, "reason": {"We could not tell who you are."}})
		h.welcome(yes)
		list := team.Get("/desk/joining").Is(t, http.StatusOK).Shows(t, "Answers given lately", "A no, with a reason · today · ", "Welcome · today · ", "t…@e….example").Hides(t, no, yes, "Told No")
		if !strings.Contains(list.Text(), "by "+h.nameAs("team@withus.example")) {
			t.Error("it does not say who answered")
		}
		until := h.Server.Langs.First().T("member.refused.until", "day", time.Now().AddDate(0, 0, 200))
		v.Get("/you").Shows(t, until)
		h.exec(`UPDATE member_application SET changed = $2 WHERE id = $1`, h.wishOf(no), time.Now().AddDate(0, 0, -201))
		h.round("member.tidy")
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = $1`, no); n != 0 {
			t.Error("who was refused is still there")
		}
		team.Get("/desk/joining").Hides(t, "A no, with a reason · today")
		h.joinBy(no, "Told No").Get("/you").Shows(t, "You have asked to join", "Told No")
	})
}
