package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// brings lets somebody bring a group, up to their own page. It gives how many
// pages they saw.
func (h *house) brings(email, group string, lived bool) (v *webtest.Visitor, pages int) {
	h.t.Helper()
	v = h.visitor()
	own := url.Values{"name": {"Keys of " + group}, "lived": nil}
	if lived {
		own.Set("lived", "yes")
	}
	p := v.Get("/join").Is(h.t, http.StatusOK)
	for _, said := range []url.Values{
		{"kind": {"group"}},
		{"led": {"yes"}, "name": {group}, "form": {"collective"}, "about": {"We mend things, ourselves included."}, "area": {"Saltness"}, "country": {"GB"}},
		{"forWords": {"Whoever the bus forgot."}},
		own,
		{"email": {email}, "words": {"Ask at the launderette."}},
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
	h.work()
	v.Send(h.newest(email), "", nil).Is(h.t, http.StatusOK)
	return v, pages + 2
}

// pageOf is the address of a group's page, empty if there is none.
func (h *house) pageOf(name string) string {
	h.t.Helper()
	if h.count(`SELECT count(*) FROM group_group WHERE name = $1`, name) == 0 {
		return ""
	}
	return "/groups/" + strings.ReplaceAll(strings.ToLower(name), " ", "-")
}

// groupID and nameOf are the id and the name of the group at an address.
func (h *house) groupID(slug string) string { return h.ofGroup("id", slug) }
func (h *house) nameOf(slug string) string  { return h.ofGroup("name", slug) }

func (h *house) ofGroup(column, slug string) string {
	h.t.Helper()
	text, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT `+column+` FROM group_group WHERE slug = $1`, slug)
	if err != nil {
		h.t.Fatal(slug, err)
	}
	return text
}

// A group joins by whoever brings it: the team reads what was said of it, and its
// page is there with the yes, for them alone until they show it. A no leaves
// nothing of it but the answer.
func TestGroupJoins(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "keys@elsewhere.example", "Mending Thursdays"
		v, pages := h.brings(email, name, true)
		if pages > 8 {
			t.Errorf("bringing a group takes %d pages", pages)
		}
		v.Get("/you").Is(t, http.StatusOK).Shows(t, "not yet")
		if at := h.pageOf(name); at != "" {
			t.Errorf("it has a page before the answer: %s", at)
		}
		team, wish := h.as("team"), "/desk/joining/"+h.wishOf(email)
		team.Get("/desk/joining").Shows(t, "Brings a group")
		team.Get(wish).Shows(t, name, "We mend things", "Saltness", "Whoever the bus forgot", "launderette", email).Hides(t, "Keys of")
		v.Get("/you/data").Shows(t, name, "Whoever the bus forgot")
		team.Send(wish, wish, url.Values{"what": {"refuse"}, "reason": {"We would like to talk first."}}).Is(t, http.StatusOK)
		v.Get("/you").Shows(t, "We would like to talk first.")
		if at := h.pageOf(name); at != "" {
			t.Errorf("it has a page after a no: %s", at)
		}
		v.Send("/join/again", "", url.Values{"words": {"Ring the launderette, then."}}).Is(t, http.StatusOK)
		h.welcome(email)
		at := h.pageOf(name)
		if at == "" {
			t.Fatal("it has no page after the yes")
		}
		v.Get("/you").Shows(t, "a member", name, "Organiser of "+name, "made for your group")
		v.Get(at).Is(t, http.StatusOK).Shows(t, "We mend things")
		// The team knows the address. The page leads to no name used elsewhere. H8.
		names, err := db.All(t.Context(), h.DB, db.Text, `SELECT p.name FROM access_grant g JOIN member_persona p ON p.id = g.holder_persona_id WHERE g.scope = $1`, h.groupID(strings.TrimPrefix(at, "/groups/")))
		if err != nil || !slices.Equal(names, []string{"Organiser of " + name}) {
			t.Errorf("it is looked after by %q, %v", names, err)
		}
		v.Get("/you/names").Shows(t, "Keys of "+name, "Organiser of "+name)
		for who, other := range map[string]*webtest.Visitor{"a visitor": h.visitor(), "a member": h.as("member")} {
			if p := other.Get(at); p.Status != http.StatusNotFound {
				t.Errorf("%s sees it: status %d", who, p.Status)
			}
		}
		v.Send(at, at+"/publish", nil).Is(t, http.StatusOK)
		v.Get(at+"/history").Is(t, http.StatusOK).Hides(t, "Keys of")
		h.visitor().Get(at).Is(t, http.StatusOK).Shows(t, "We mend things").Hides(t, "launderette", email)

		// Without lived experience of their own, whoever brings one is a supporter.
		other, _ := h.brings("driver@elsewhere.example", "The Minibus", false)
		h.welcome("driver@elsewhere.example")
		other.Get("/you").Shows(t, "a supporter", "The Minibus")

		// Let in by a command, it is the same.
		third, _ := h.brings("cook@elsewhere.example", "Big Pot", true)
		if err := h.Members.SetRole(t.Context(), "cook@elsewhere.example", "moderator"); err != nil {
			t.Fatal(err)
		}
		third.Get("/you").Shows(t, "a moderator", "Big Pot")

		// What is not led by those it is about does not join, nor one without a name.
		w := h.visitor()
		w.Send("/join", "", url.Values{"kind": {"group"}}).Is(t, http.StatusOK)
		w.Send("/join/group", "", url.Values{"name": {"Kind Hands"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "Only groups that are led by and for")
		w.Send("/join/group", "", url.Values{"led": {"yes"}, "name": {""}}).Is(t, http.StatusUnprocessableEntity)
		w.Send("/join/group", "", url.Values{"led": {"yes"}, "name": {"x"}, "form": {"army"}}).Is(t, http.StatusUnprocessableEntity)
		if p := w.Get("/join/whom"); p.Path != "/join/group" {
			t.Errorf("a question is skipped by its address: %s", p.Path)
		}

		team.Send("/desk/kinds/group", "", url.Values{"open": {"yes"}, "met": {"at-once"}}).Is(t, http.StatusOK)
		now, _ := h.brings("quick@elsewhere.example", "Straight In", true)
		now.Get("/you").Shows(t, "a member", "Straight In")
	})
}

// Two groups that are here vouch for one that wants to join: two that know it by
// different people, none of whom brings it. Nobody reads a no. The team can
// answer, too.
func TestVouching(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, name = "flask@elsewhere.example", "Arch Wednesdays"
		team := h.as("team")
		team.Send("/desk/kinds/group", "", url.Values{"open": {"yes"}, "met": {"groups"}}).Is(t, http.StatusOK)
		team.Send("/desk/kinds/member", "", url.Values{"open": {"yes"}, "met": {"groups"}}).Is(t, http.StatusUnprocessableEntity)

		// Four groups: two of one pair of hands, one of another's, and one that is
		// looked after by whoever brings the new one.
		ids := map[string]string{}
		slugs := map[string]string{}
		for i, slug := range h.free(4) {
			key := []string{"one", "same", "other", "own"}[i]
			slugs[key] = h.change(team, slug, map[string]any{"published": true, "audience": "everyone"})
			ids[key] = h.groupID(slugs[key])
		}
		const ana, ben = "ana.here@elsewhere.example", "ben.here@elsewhere.example"
		a, b := h.joinBy(ana, "Ana Here"), h.joinBy(ben, "Ben Here")
		h.welcome(ana)
		h.welcome(ben)
		h.organise(slugs["one"], ana)
		h.organise(slugs["same"], ana)
		h.organise(slugs["other"], ben)
		v, _ := h.brings(email, name, true)
		h.organise(slugs["own"], email)
		h.work()
		letters := len(h.tray.Letters())

		post := func(who *webtest.Visitor, path string, values url.Values) *webtest.Page {
			t.Helper()
			values.Set("form_key", id.New(t.Context()))
			return who.Post(path, values)
		}
		v.Get("/you").Is(t, http.StatusOK).Shows(t, "Ask groups that know yours")
		v.Get("/join/vouching?q="+url.QueryEscape(h.nameOf(slugs["one"]))).Is(t, http.StatusOK).Shows(t, "Ask this group")
		for _, bad := range []string{"", "nothing", h.groupID(h.free(1)[0])} {
			if p := post(v, "/join/vouching/ask", url.Values{"group": {bad}}); p.Status != http.StatusNotFound {
				t.Errorf("asking %q: status %d", bad, p.Status)
			}
		}
		for _, key := range []string{"one", "same", "other", "own"} {
			post(v, "/join/vouching/ask", url.Values{"group": {ids[key]}}).Is(t, http.StatusOK).Shows(t, "Asked")
		}
		post(v, "/join/vouching/ask", url.Values{"group": {ids["one"]}}).Is(t, http.StatusOK) // once more is no more
		if n := h.count(`SELECT count(*) FROM member_vouch w JOIN member_application a ON a.id = w.application_id WHERE a.id = $1`, h.wishOf(email)); n != 4 {
			t.Errorf("%d groups are asked", n)
		}
		h.work()
		told := map[string]int{}
		for _, k := range h.tray.Letters()[:len(h.tray.Letters())-letters] {
			told[k.Letter.To]++
			if strings.Contains(k.Letter.Plain(), name) {
				t.Errorf("a letter says which group: %s", k.Letter.Plain())
			}
		}
		if told[ana] != 2 || told[ben] != 1 {
			t.Errorf("letters: %v", told)
		}

		a.Get("/you").Shows(t, "asks whether yours knows it")
		h.as("member").Get("/you").Hides(t, "asks whether yours knows it")
		a.Get("/vouching").Is(t, http.StatusOK).Shows(t, name, "We mend things", "launderette").Hides(t, email, "Keys of")
		h.as("member").Get("/vouching").Hides(t, name)
		wish := h.wishOf(email)
		answer := func(who *webtest.Visitor, group, said string) *webtest.Page {
			t.Helper()
			return post(who, "/vouching/answer", url.Values{"application": {wish}, "group": {ids[group]}, "answer": {said}})
		}
		for who, x := range map[string]*webtest.Visitor{"a member": h.as("member"), "whoever brings it": v, "another group's": b} {
			if p := answer(x, "one", "yes"); p.Status != http.StatusNotFound && p.Status != http.StatusForbidden {
				t.Errorf("%s answers: status %d", who, p.Status)
			}
		}
		if p := answer(v, "own", "yes"); p.Status != http.StatusForbidden {
			t.Errorf("whoever brings it vouches for it: status %d", p.Status)
		}
		answer(a, "one", "yes").Is(t, http.StatusOK)
		answer(a, "same", "yes").Is(t, http.StatusOK)
		if h.pageOf(name) != "" {
			t.Fatal("one pair of hands was enough")
		}
		// Nor do two names of one person make two people.
		a.Send("/you/names/new", "", url.Values{"name": {"Ana Elsewhere"}}).Is(t, http.StatusOK)
		second, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM member_persona WHERE name = 'Ana Elsewhere'`)
		if err != nil {
			t.Fatal(err)
		}
		post(a, "/you/names/act", url.Values{"persona": {second}}).Is(t, http.StatusOK)
		twin := h.change(team, h.free(1)[0], map[string]any{"published": true, "audience": "everyone"})
		ids["twin"] = h.groupID(twin)
		if err := h.Groups.AddOrganiser(t.Context(), twin, second); err != nil {
			t.Fatal(err)
		}
		post(v, "/join/vouching/ask", url.Values{"group": {ids["twin"]}}).Is(t, http.StatusOK)
		answer(a, "twin", "yes").Is(t, http.StatusOK)
		if h.pageOf(name) != "" {
			t.Fatal("one person with two names was enough")
		}
		if p := answer(a, "one", "no"); p.Status != http.StatusNotFound {
			t.Errorf("an answer is taken back: status %d", p.Status)
		}
		v.Get("/join/vouching").Shows(t, h.nameOf(twin)).Hides(t, "know your group") // else two yeses that are not enough would tell
		team.Get("/desk/joining/"+wish).Is(t, http.StatusOK).Shows(t, name)
		answer(b, "other", "yes").Is(t, http.StatusOK)
		if h.pageOf(name) == "" {
			t.Fatal("two groups know it, and it is not in")
		}
		v.Get("/you").Shows(t, "a member", name)
		if p := v.Get("/join/vouching"); p.Status != http.StatusNotFound {
			t.Errorf("groups can still be asked: status %d", p.Status)
		}

		// A no is as silent as silence, and the team can answer.
		w, _ := h.brings("quiet@elsewhere.example", "Quiet Fridays", true)
		wish = h.wishOf("quiet@elsewhere.example")
		post(w, "/join/vouching/ask", url.Values{"group": {ids["other"]}}).Is(t, http.StatusOK)
		before := w.Get("/join/vouching").Text()
		answer(b, "other", "no").Is(t, http.StatusOK)
		if after := w.Get("/join/vouching").Text(); after != before {
			t.Errorf("a no is read:\n%s\n%s", before, after)
		}
		h.welcome("quiet@elsewhere.example")
		w.Get("/you").Shows(t, "Quiet Fridays")
	})
}
