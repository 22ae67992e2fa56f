package tests

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/web/webtest"
)

// claimOn lets somebody ask for a group, and gives the id of what they asked.
func (h *house) claimOn(v *webtest.Visitor, email, slug, words string) string {
	h.t.Helper()
	v.Send("/claim/"+slug, "", url.Values{"part": {"group"}, "words": {words}}).Is(h.t, http.StatusOK)
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT c.id FROM claim_claim c JOIN group_group g ON g.id = c.group_id WHERE c.claimer_persona_id = $1 AND c.live AND g.slug = $2`, h.persona(email), slug)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// decide is what the team or an organiser does with it.
func decide(v *webtest.Visitor, slug, claim, what, words string) *webtest.Page {
	v.T.Helper()
	all := "/claim/" + slug + "/all"
	return v.Send(all+"?claim="+claim, all, url.Values{"what": {what}, "words": {words}, "day": {time.Now().UTC().Format(time.DateOnly)}})
}

// later lets every wait be over.
func (h *house) later() {
	h.t.Helper()
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE claim_claim SET due = $1`, time.Now().Add(-time.Hour))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range h.Rooms {
		for _, c := range m.Cron {
			if c.Name == "claim.settle" {
				if err := c.Run(h.t.Context()); err != nil {
					h.t.Fatal(err)
				}
			}
		}
	}
}

// mailTo is the newest letter to an address.
func (h *house) mailTo(address string) string {
	h.t.Helper()
	h.work()
	for _, k := range h.tray.Letters() {
		if k.Letter.To == address {
			return k.Letter.Plain()
		}
	}
	h.t.Fatalf("no letter to %s", address)
	return ""
}

var (
	claimCode = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}`)
	claimLink = regexp.MustCompile(`/claims/objection/[A-Z2-7]+`)
)

// listed leaves a group as one is that came with a list: shown to nobody, and waiting.
func (h *house) listed(slug string) {
	h.t.Helper()
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE group_group SET published = FALSE, shown = FALSE, scope = 'desk' WHERE slug = $1`, slug)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// From a list to a page of their own: the team invites a group that waits, by
// an address that one of them put there; somebody comes with the code, another of
// the team agrees, and they publish it.
func TestClaimByInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, visitor, member := h.as("team"), h.visitor(), h.as("member")
		slug := h.change(team, h.free(1)[0], map[string]any{"name": "Blinkerwood", "email": "us@blinkerwood.example", "published": false, "audience": "everyone"})
		member.Get("/groups/"+slug).Is(t, http.StatusNotFound)
		member.Get("/claim/"+slug).Is(t, http.StatusNotFound)
		team.Send("/claim/"+slug+"/invite", "", url.Values{"how": {"mail"}}).Is(t, http.StatusOK)
		team.Get("/desk").Shows(t, "Blinkerwood", "since today")
		code := claimCode.FindString(h.mailTo("us@blinkerwood.example"))
		visitor.Send("/claims/code", "", url.Values{"code": {"AAAA-BBBB-CCCC"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "opens nothing")
		visitor.Send("/claims/code", "", url.Values{"code": {strings.ToLower(code)}}).Is(t, http.StatusOK).Shows(t, "Blinkerwood", "us@blinkerwood.example").Hides(t, code, strings.ToLower(code))
		letter := claimCode.FindString(team.Send("/claim/"+slug+"/invite", "", url.Values{"how": {"letter"}}).Is(t, http.StatusOK).Body)
		if n := h.count(`SELECT count(*) FROM db_once WHERE outcome LIKE '%' || $1 || '%' OR outcome LIKE '%' || $2 || '%'`, letter, code); letter == "" || n != 0 {
			t.Errorf("a code is written down %d times: %q", n, letter)
		}
		team.Send("/claim/"+slug+"/invite", "", url.Values{"how": {"mail"}}).Is(t, http.StatusOK) // the letter holds no more
		code = claimCode.FindString(h.mailTo("us@blinkerwood.example"))
		if p := member.Get("/claims/invited/"+code).Is(t, http.StatusOK); p.Path != "/claims/invited" {
			t.Errorf("the link of the letter leads to %s", p.Path)
		}
		member.Send("/claims/invited/claim", "", url.Values{"part": {"group"}, "words": {"I bring the kettle."}}).Is(t, http.StatusOK).Shows(t, "another of the team has to say yes too")
		visitor.Get("/claims/invited/"+code).Is(t, http.StatusNotFound)
		visitor.Get("/claims/invited").Is(t, http.StatusNotFound) // they typed it before it was used
		if p := member.Get("/claims/invited"); p.Path != "/claims/code" {
			t.Errorf("a code that was used leads to %s", p.Path)
		}
		if said := h.mailTo("us@blinkerwood.example"); !strings.Contains(said, "a second one of the network team agrees") {
			t.Errorf("the group is told: %s", said)
		}
		h.later()
		member.Get("/groups/"+slug).Is(t, http.StatusNotFound) // one of the team put the address there, and wrote to it
		c, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM claim_claim WHERE claimer_persona_id = $1 AND live`, h.persona("member@withus.example"))
		if err != nil {
			t.Fatal(err)
		}
		decide(team, slug, c, "agree", "Me again.").Is(t, http.StatusForbidden)
		decide(h.second(), slug, c, "agree", "I called them.").Is(t, http.StatusOK)
		member.Get("/claim/"+slug).Shows(t, "Another of the team agreed", "can object until")
		h.later()
		member.Get("/groups/"+slug).Is(t, http.StatusOK).Shows(t, "Publish our page")
		visitor.Get("/groups/"+slug).Is(t, http.StatusNotFound)
		team.Get("/groups/"+slug).Is(t, http.StatusNotFound) // it is the group's now
		member.Send("/groups/"+slug, "/groups/"+slug+"/publish", nil).Is(t, http.StatusOK)
		visitor.Get("/groups/"+slug).Is(t, http.StatusOK).Shows(t, "Blinkerwood")
	})
}

// A group that is invited by mail, to the address that a list gave, is asked and
// nobody else: nothing more is needed than that nobody objects.
func TestClaimByItsOwnMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, member := h.as("team"), h.as("member")
		const slug, at = "radio-persiana", "aire@radiopersiana.example"
		h.listed(slug)
		team.Send("/claim/"+slug+"/invite", "", url.Values{"how": {"mail"}}).Is(t, http.StatusOK)
		code := claimCode.FindString(h.mailTo(at))
		member.Get("/claims/invited/" + code)
		member.Send("/claims/invited/claim", "", url.Values{"part": {"group"}}).Is(t, http.StatusOK).Shows(t, "can object until", "by mail to its own address").Hides(t, "another of the team has to")
		h.later()
		member.Get("/groups/"+slug).Is(t, http.StatusOK).Shows(t, "Publish our page")
	})
}

// An invited group that does not want to be listed takes itself off, with the
// code alone; or somebody who looks after it does.
func TestClaimOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, visitor := h.as("team"), h.visitor()
		slug := h.change(team, h.free(1)[0], map[string]any{"name": "Blinkerwood"})
		h.listed(slug)
		p := team.Send("/claim/"+slug+"/invite", "", url.Values{"how": {"letter"}}).Is(t, http.StatusOK)
		at := "/claims/invited/" + claimCode.FindString(p.Text())
		visitor.Get(at).Is(t, http.StatusOK)
		visitor.Send("/claims/invited/off", "", nil).Is(t, http.StatusUnprocessableEntity)
		visitor.Get(at).Is(t, http.StatusOK)
		visitor.Send("/claims/invited/off", "", url.Values{"sure": {"yes"}}).Is(t, http.StatusOK)
		team.Get("/groups/"+slug).Is(t, http.StatusNotFound)
		if n := len(holds(h.dump(), "Blinkerwood")); n > 0 {
			t.Errorf("%d rows still hold it", n)
		}
	})
}

// A group's address gets the code and, once it was used, the link that objects
// without an account.
func TestClaimByCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		member, team, visitor := h.as("member"), h.as("team"), h.visitor()
		const slug, at = "radio-persiana", "aire@radiopersiana.example"
		visitor.Get("/groups/"+slug).Shows(t, "Are you from this group")
		if p := visitor.Get("/claim/" + slug); !strings.HasPrefix(p.Path, "/sign-in") {
			t.Errorf("a visitor is led to %s", p.Path)
		}
		h.claimOn(member, "member@withus.example", slug, "I read the weather.")
		member.Send("/claim/"+slug, "/claim/"+slug+"/send", nil).Is(t, http.StatusOK)
		letter := h.mailTo(at)
		if !strings.Contains(letter, "I read the weather.") {
			t.Errorf("the group does not learn who: %s", letter)
		}
		member.Send("/claim/"+slug+"/code", "", url.Values{"code": {"AAAA-BBBB-CCCC"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "This is not the code")
		member.Send("/claim/"+slug+"/code", "", url.Values{"code": {claimCode.FindString(letter)}}).Is(t, http.StatusOK).Shows(t, "can object until")
		member.Get("/groups/"+slug).Shows(t, "see how it stands")
		link := claimLink.FindString(h.mailTo(at))
		visitor.Get(link).Is(t, http.StatusOK) // looking changes nothing
		visitor.Send(link, "", url.Values{"words": {"Nobody here knows them."}}).Is(t, http.StatusOK)
		visitor.Get(link).Is(t, http.StatusNotFound)
		h.later()
		member.Get("/claims").Shows(t, "Somebody of the group objected").Hides(t, "Nobody here knows them.")
		team.Get("/desk").Shows(t, "Somebody objects", "Radio Persiana")
	})
}

// Words that were taken back are nowhere, and what an objector says is with the
// team and with themselves.
func TestClaimCanaries(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		member, organiser := s.who["member"], s.who["organiser"]
		gone := h.claimOn(member, "member@withus.example", s.slug["orphan"], "plumbertwist")
		member.Send("/claim/"+s.slug["orphan"]+"/groups?q=Tidewater", "/claim/"+s.slug["orphan"]+"/ask", nil).Is(t, http.StatusOK)
		organiser.Get("/claims").Shows(t, "plumbertwist")
		member.Send("/claims", "/claims/withdraw", url.Values{"claim": {gone}}).Is(t, http.StatusOK)
		kept := h.claimOn(member, "member@withus.example", s.slug["public"], "I bring the kettle.")
		decide(organiser, s.slug["public"], kept, "object", "grockleshaw").Is(t, http.StatusOK)
		s.who["other"].Get("/claim/"+s.slug["public"]+"/all?claim="+kept).Is(t, http.StatusForbidden)
		met := map[string]bool{}
		for _, viewer := range []string{"team", "organiser", "member", "other", "visitor"} {
			pages := s.crawl(s.who[viewer])
			pages["chosen"] = s.who[viewer].Do(http.MethodGet, "/claim/"+s.slug["public"]+"/all?claim="+kept, nil, "")
			for path, p := range pages {
				all := everything(p)
				if strings.Contains(all, "plumbertwist") {
					t.Errorf("%s reads at %s what was taken back", viewer, path)
				}
				if strings.Contains(all, "grockleshaw") {
					met[viewer] = true
				}
			}
		}
		if !met["team"] || !met["organiser"] || len(met) != 2 {
			t.Errorf("an objection is read by %v", met)
		}
		for _, found := range holds(h.dump(), "plumbertwist") {
			t.Error(found)
		}
	})
}

// Where nobody looks after the group, one of the team lets nobody in, and sends
// nobody away who is the last.
func TestClaimByTwoOfTheTeam(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		member, team, second := h.as("member"), h.as("team"), h.second()
		slug := h.change(team, h.free(1)[0], map[string]any{"published": true, "audience": "everyone", "email": ""})
		all := "/claim/" + slug + "/all"
		c := h.claimOn(member, "member@withus.example", slug, "I bring the kettle.")
		decide(team, slug, c, "talk", "On the telephone.").Is(t, http.StatusOK)
		member.Get("/claim/"+slug).Shows(t, "another of the team has to say yes too")
		team.Get(all+"?claim="+c).Hides(t, "I agree")
		decide(team, slug, c, "agree", "Me again.").Is(t, http.StatusForbidden).Shows(t, "You spoke for them yourself")
		second.Get("/desk").Shows(t, "for a second one of you")
		second.Get(all+"?claim="+c).Shows(t, "I agree")
		decide(second, slug, c, "agree", "I was there.").Is(t, http.StatusOK)
		member.Get("/claims").Shows(t, "You look after this page.")
		decide(team, slug, c, "revoke", "They moved away.").Is(t, http.StatusOK)
		member.Get("/claims").Shows(t, "You look after this page.", "another of the team has to say so too", "They moved away.")
		second.Get(all+"?claim="+c).Shows(t, "another of the team has to say so too")
		decide(second, slug, c, "revoke", "So I hear.").Is(t, http.StatusOK)
		member.Get("/claims").Shows(t, "it was taken back")
	})
}
