package tests

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

var slipCode = regexp.MustCompile(`/invited/([A-Z2-7]{16})\?`)

// slip makes an invitation to hand over, and gives where it leads. The page that
// shows it has the code in no address of its own.
func (h *house) slip(v *webtest.Visitor, at string, says url.Values) string {
	h.t.Helper()
	p := v.Send(at, "", says).Is(h.t, http.StatusOK)
	m := slipCode.FindStringSubmatch(p.Body)
	if m == nil {
		h.t.Fatalf("no code on %s: %.300s", p.Path, p.Text())
	}
	if p.Path != at {
		h.t.Errorf("a slip stands at %s", p.Path)
	}
	return "/invited/" + m[1]
}

// walks goes the way in from wherever a visitor is, up to where the letter goes or
// somebody is held up.
func (h *house) walks(v *webtest.Visitor, kind, email, name string) *webtest.Page {
	h.t.Helper()
	p := v.Get("/join")
	for range 8 {
		if p.Status != http.StatusOK || p.Path == "/join/sent" {
			return p
		}
		f := p.Form(h.t, "")
		switch p.Path {
		case "/join":
			f = p.Form(h.t, "/join")
			f.Set("kind", kind)
		case "/join/experience":
			f.Set("lived", "yes")
		case "/join/name":
			f.Set("name", name)
		case "/join/reach":
			f.Set("email", email)
		}
		p = v.Post(p.Path, f)
	}
	h.t.Fatalf("the way in goes on at %s", p.Path)
	return nil
}

// comes does that, and follows the letter.
func (h *house) comes(v *webtest.Visitor, kind, email, name string) *webtest.Page {
	h.t.Helper()
	if p := h.walks(v, kind, email, name); p.Path != "/join/sent" {
		h.t.Fatalf("the way in ends at %s: %.300s", p.Path, p.Text())
	}
	h.work()
	return v.Send(h.newest(email), "", nil).Is(h.t, http.StatusOK)
}

// press sends a form without having seen it.
func (h *house) press(v *webtest.Visitor, path string, f url.Values) *webtest.Page {
	h.t.Helper()
	f.Set("form_key", id.New(h.t.Context()))
	return v.Post(path, f)
}

func (h *house) invitations(state string) int {
	h.t.Helper()
	return h.count(`SELECT count(*) FROM invite_invite WHERE state = $1`, state)
}

// B9: an invitation works once, for a time, and opens no more than it says. D2:
// looking at it changes nothing. H8: nobody learns who came with whose.
func TestInvitations(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		member, team := h.as("member"), h.as("team")
		const inviter = "member@withus.example"
		name := h.nameAs(inviter)

		// Handed over, by a member: the application is met as every other, and says
		// that there was an invitation, and not whose.
		at := h.slip(member, "/you/invitations/new", url.Values{"as": {"member"}, "note": {"For the one with the tuba"}})
		used := h.invitations("used")
		for range 3 {
			h.visitor().Get(at).Is(t, http.StatusOK).Shows(t, name, "a few questions").Hides(t, inviter, "tuba", "come in at once")
		}
		if h.invitations("used") != used {
			t.Error("looking at an invitation uses it")
		}
		h.as("supporter").Get(at).Is(t, http.StatusOK).Shows(t, "here already")
		v := h.visitor()
		v.Send("/invited", "", url.Values{"code": {"nothing"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "This code opens nothing")
		p := v.Send("/invited", "", url.Values{"code": {strings.ToLower(strings.TrimPrefix(at, "/invited/"))}}).Is(t, http.StatusOK).Shows(t, name)
		if p.Path != "/invited" {
			t.Errorf("a code that was typed stands in %s", p.Path)
		}
		p = v.Post(p.Path, p.Form(t, "")).Is(t, http.StatusOK).Shows(t, "You come with an invitation", "As a supporter").Hides(t, "brings a group", `value="group"`)
		if p.Path != "/join" {
			t.Fatalf("an invitation leads to %s", p.Path)
		}
		const came, called = "tuba@elsewhere.example", "Low Notes Only"
		h.comes(v, "member", came, called).Shows(t, "You have asked to join")
		if h.invitations("used") != used+1 {
			t.Error("an invitation that was used is not")
		}
		desk := team.Get("/desk/joining/"+h.wishOf(came)).Is(t, http.StatusOK).Shows(t, "invitation of a member")
		desk.Hides(t, name, "the tuba", h.persona(inviter))
		member.Get("/you/invitations").Shows(t, "It was used").Hides(t, came, called)
		if h.count(`SELECT count(*) FROM invite_invite WHERE note LIKE '%tuba%' AND key = ''`) != 1 {
			t.Error("of an invitation that was used there is still its code")
		}
		h.visitor().Get(at).Is(t, http.StatusNotFound).Shows(t, "opens nothing any more")

		// One that ends on the way, too old or taken back, opens nothing, and who has
		// begun is met as everybody is.
		for _, end := range []func(at string){
			func(string) {
				h.exec(`UPDATE invite_invite SET ends = $1 WHERE state = 'open'`, time.Now().Add(-time.Minute))
			},
			func(string) { member.Send("/you/invitations", "/you/invitations/withdraw", nil).Is(t, http.StatusOK) },
			func(string) { h.press(team, "/desk/invitations/members", url.Values{}).Is(t, http.StatusOK) },
		} {
			at := h.slip(member, "/you/invitations/new", url.Values{"as": {"supporter"}})
			v := h.visitor()
			v.Send(at, "", nil).Is(t, http.StatusOK).Hides(t, `value="member"`)
			v.Send("/join", "", url.Values{"kind": {"member"}}).Is(t, http.StatusUnprocessableEntity) // no more than it says
			end(at)
			h.visitor().Get(at).Is(t, http.StatusNotFound)
			v.Get("/join").Is(t, http.StatusOK).Shows(t, "As a member").Hides(t, "You come with an invitation")
		}
		member.Get("/you/invitations").Shows(t, "do not invite others here just now").Hides(t, "/you/invitations/new")
		member.Get("/you/invitations/new").Is(t, http.StatusForbidden)
		h.press(team, "/desk/invitations/members", url.Values{"on": {"yes"}}).Is(t, http.StatusOK)
		h.as("supporter").Get("/you/invitations").Is(t, http.StatusForbidden)

		// Roles of the team are not a member's to give, nor one of the team's alone.
		for _, as := range []string{"team", "moderator", "group", ""} {
			for _, at := range []string{"/you/invitations/new", "/desk/invitations/new"} {
				team.Send(at, "", url.Values{"as": {as}}).Is(t, http.StatusUnprocessableEntity)
			}
		}
		member.Get("/desk/invitations/team").Is(t, http.StatusForbidden)

		// Somebody else's can't be taken back, nor seen.
		mine := h.slip(member, "/you/invitations/new", url.Values{"as": {"member"}})
		mineID := h.textOf(`SELECT id FROM invite_invite WHERE state = 'open' AND inviter_persona_id = $1 AND made = $2 LIMIT 1`, h.persona(inviter), db.Day(time.Now()))
		for _, role := range []string{"organiser", "team"} {
			h.press(h.as(role), "/you/invitations/withdraw", url.Values{"id": {mineID}}).Is(t, http.StatusNotFound)
		}
		// Sent twice is made once, and the slip does not come back.
		h.exec(`DELETE FROM web_limit`)
		f := member.Get("/you/invitations/new").Form(t, "")
		f.Set("as", "member")
		n := h.invitations("open")
		member.Post("/you/invitations/new", f).Is(t, http.StatusOK).Shows(t, "Type this code")
		if p := member.Post("/you/invitations/new", f).Is(t, http.StatusOK).Hides(t, "Type this code"); p.Path != "/you/invitations" || h.invitations("open") != n+1 {
			t.Errorf("sent twice leads to %s, with %d more", p.Path, h.invitations("open")-n)
		}
		// Whoever made it is gone: so is what they gave.
		h.standing(inviter, "paused")
		h.visitor().Get(mine).Is(t, http.StatusNotFound)
		h.standing(inviter, "in")
		h.visitor().Get(mine).Is(t, http.StatusOK)
	})
}

// The team's open what is closed, at once if they say so; to the team itself it
// takes two, for one address.
func TestInvitationsOfTheTeam(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, second := h.as("team"), h.second()
		team.Send("/desk/kinds/supporter", "", url.Values{"open": nil}).Is(t, http.StatusOK)
		at := h.slip(team, "/desk/invitations/new", url.Values{"as": {"supporter"}, "at-once": {"yes"}})
		h.visitor().Get("/join").Hides(t, "As a supporter")
		v := h.visitor()
		v.Send(at, "", nil).Is(t, http.StatusOK).Shows(t, "As a supporter")
		h.comes(v, "supporter", "welcome@elsewhere.example", "Straight In").Shows(t, "You are in")
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'welcome@elsewhere.example' AND role = 'supporter' AND standing = 'in'`); n != 1 {
			t.Error("somebody the team has invited waits")
		}

		// One of the team alone opens membership by it, and nothing else: whoever said on
		// the way that they bring a group founds none, and nobody comes in with a role, or
		// with a group to look after.
		at = h.slip(team, "/desk/invitations/new", url.Values{"as": {"member"}, "at-once": {"yes"}})
		groups := h.count(`SELECT count(*) FROM group_group`)
		w := h.visitor()
		w.Send("/join", "", url.Values{"kind": {"group"}}).Is(t, http.StatusOK)
		w.Send(at, "", nil).Is(t, http.StatusOK).Hides(t, `value="group"`)
		if p := w.Get("/join/group"); p.Path != "/join" {
			t.Errorf("with an invitation a group is brought at %s", p.Path)
		}
		w.Post("/join", url.Values{"kind": {"group"}}).Is(t, http.StatusUnprocessableEntity)
		h.comes(w, "member", "handed.over@elsewhere.example", "Handed Over").Shows(t, "You are in")
		if n := h.count(`SELECT count(*) FROM member_member WHERE email = 'handed.over@elsewhere.example' AND role = 'member' AND standing = 'in'`); n != 1 {
			t.Error("a printed invitation gives more than membership, or less")
		}
		if h.count(`SELECT count(*) FROM group_group`) != groups || h.count(`SELECT count(*) FROM access_grant o JOIN member_persona p ON p.id = o.holder_persona_id WHERE p.name = 'Handed Over'`) != 0 {
			t.Error("a printed invitation gives a group")
		}

		const to = "fifth.chair@elsewhere.example"
		h.exec(`DELETE FROM invite_invite`)
		team.Send("/desk/invitations/team", "", url.Values{"as": {"team"}, "email": {""}}).Is(t, http.StatusUnprocessableEntity)
		team.Send("/desk/invitations/team", "", url.Values{"as": {"team"}, "email": {to}}).Is(t, http.StatusOK).Shows(t, "waits for the yes", to).Hides(t, "Agree, and send it")
		h.work()
		for _, k := range h.tray.Letters() {
			if k.Letter.To == to {
				t.Fatal("the letter went with one yes")
			}
		}
		inv := h.textOf(`SELECT id FROM invite_invite`)
		agree := url.Values{"id": {inv}}
		h.press(team, "/desk/invitations/agree", agree).Is(t, http.StatusForbidden)
		// Nor under another name of theirs.
		second.Send("/you/names/new", "", url.Values{"name": {"The Other Hat"}}).Is(t, http.StatusOK)
		h.exec(`UPDATE invite_invite SET inviter_persona_id = $1`, h.textOf(`SELECT id FROM member_persona WHERE name = 'The Other Hat'`))
		h.press(second, "/desk/invitations/agree", agree).Is(t, http.StatusForbidden)
		h.exec(`UPDATE invite_invite SET inviter_persona_id = $1`, h.persona("team@withus.example"))
		// Others used up the letters that the address gets: it is said, and not spent.
		for range 2 {
			team.Send("/desk/invitations/new", "", url.Values{"as": {"supporter"}, "email": {to}}).Is(t, http.StatusOK)
			h.work()
		}
		p := h.press(second, "/desk/invitations/agree", agree).Is(t, http.StatusConflict)
		// The day after the week that is counted, which ends on an hour.
		p.Shows(t, "No letter was sent", time.Now().Add(7*24*time.Hour).Truncate(time.Hour).Add(25*time.Hour).UTC().Format("2 January 2006"))
		second.Get("/desk/invitations").Shows(t, "Agree, and send it")
		h.exec(`DELETE FROM web_limit`) // the week is over
		h.press(second, "/desk/invitations/agree", agree).Is(t, http.StatusOK)
		h.work()
		link := h.newest(to)
		h.visitor().Get(link).Is(t, http.StatusOK).Shows(t, "one of the network team")

		// Who made it, or agreed, is of the team no more: it opens nothing.
		for _, gone := range []string{"team@withus.example", "team2@withus.example"} {
			h.role(gone, access.Member)
			h.visitor().Get(link).Is(t, http.StatusNotFound)
			h.role(gone, access.Team)
			h.visitor().Get(link).Is(t, http.StatusOK)
		}
		w = h.visitor()
		w.Send(link, "", nil).Is(t, http.StatusOK)
		h.walks(w, "supporter", "another@elsewhere.example", "Not The One").Is(t, http.StatusUnprocessableEntity).Shows(t, "for another address")
		n := h.count(`SELECT n FROM member_team`)
		v = h.visitor()
		v.Send(link, "", nil).Is(t, http.StatusOK)
		h.comes(v, "supporter", to, "The Fifth Chair")
		v.Get("/desk").Is(t, http.StatusOK)
		if now := h.count(`SELECT n FROM member_team`); now != n+1 {
			t.Errorf("the team is %d after it was %d", now, n)
		}
		h.visitor().Get(link).Is(t, http.StatusNotFound)
	})
}

// A letter says nothing to whoever looks over a shoulder; it is the same whether
// there is an account or not; nobody's inbox is flooded, and nobody is told so.
// G4, B4, J12.
func TestInvitationLetters(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		member := h.as("member")
		for _, to := range []string{"new.here@elsewhere.example", "supporter@withus.example"} {
			member.Send("/you/invitations/new", "", url.Values{"as": {"member"}, "email": {to}}).Is(t, http.StatusOK).Shows(t, "on its way").Hides(t, to)
			h.work()
			for _, k := range h.tray.Letters() {
				if k.Letter.To == to && strings.Contains(k.Letter.Link.URL, "/invited/") {
					if !k.Letter.Nameless || k.Letter.Subject != "For you" || strings.Contains(strings.Join(k.Letter.Paragraphs, " "), h.nameAs("member@withus.example")) {
						t.Errorf("the letter says too much: %+v", k.Letter)
					}
				}
			}
			if !strings.HasPrefix(h.newest(to), "/invited/") {
				t.Errorf("no letter to %s", to)
			}
		}
		if n := len(holds(map[string][]string{"invite_invite": h.dump()["invite_invite"]}, "new.here", "supporter@")); n > 0 {
			t.Errorf("addresses are kept once the letter has gone: %d", n)
		}
		before := len(h.tray.Letters())
		for range 3 {
			member.Send("/you/invitations/new", "", url.Values{"as": {"member"}, "email": {"New.Here@elsewhere.example"}}).Is(t, http.StatusOK).Shows(t, "on its way")
			h.work()
		}
		if n := len(h.tray.Letters()) - before; n != 1 {
			t.Errorf("%d more letters to an address that had one", n)
		}
		p := member.Send("/you/invitations/new", "", url.Values{"as": {"member"}, "email": {"sixth@elsewhere.example"}}).Is(t, http.StatusTooManyRequests)
		if p.Form(t, "").Get("email") != "sixth@elsewhere.example" {
			t.Error("what was typed is lost over a limit")
		}
	})
}

// nameAs is what somebody is called who acts.
func (h *house) nameAs(email string) string {
	h.t.Helper()
	return h.textOf(`SELECT name FROM member_persona WHERE id = $1`, h.persona(email))
}

func (h *house) textOf(query string, args ...any) string {
	h.t.Helper()
	s, err := db.One(h.t.Context(), h.DB, db.Text, query, args...)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) role(email string, r access.Role) {
	h.t.Helper()
	if err := h.Members.SetRole(context.Background(), email, r); err != nil {
		h.t.Fatal(err)
	}
}
