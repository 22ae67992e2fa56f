package tests

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/kit"
	"withus.example/platform/web/webtest"
)

// Each time something is said, its author chooses who says it: one of their names,
// also one that does not act; nobody by name, which can be found out; or nobody,
// which can't. Who reads it sees no more than that, and what is taken back is
// nowhere.
func TestWhoSaysIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const suggest = "/groups/" + openDoor + "/suggest"
		v := h.joinBy(author, authorName)
		h.welcome(author)
		v.Send("/you/names/new", "", url.Values{"name": {"Slow Ferry"}}).Is(t, http.StatusOK)
		team, organiser, member := h.as("team"), h.as("organiser"), h.as("member")
		other := h.textOf(`SELECT id FROM member_persona WHERE name = 'Slow Ferry'`)
		strange := h.textOf(`SELECT p.id FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id WHERE m.email = 'member@withus.example' AND p.acting = TRUE`)
		say := func(words, as string) *webtest.Page {
			t.Helper()
			return v.Send(suggest, "", url.Values{"field": {"other"}, "words": {words}, "as": {as}})
		}
		for _, as := range []string{"", "nothing", strange} {
			say("The lamp is out.", as).Is(t, http.StatusUnprocessableEntity).Shows(t, "The lamp is out.")
		}
		v.Get(suggest).Shows(t, authorName, "Slow Ferry", "Without a name", "Anonymously").Hides(t, "You need no account")
		h.visitor().Get(suggest).Shows(t, "we do not keep who you are").Hides(t, "Without a name")
		say("By a name that rests.", other).Is(t, http.StatusOK).Shows(t, "You hear what they decide", "By a name that rests.", "As", "Slow Ferry")
		say("By nobody in particular.", kit.Unnamed).Is(t, http.StatusOK).Shows(t, "By nobody in particular.", "Without a name")
		back := say("By nobody at all.", kit.Anonymous).Is(t, http.StatusOK).Shows(t, "Thank you")
		sign := regexp.MustCompile(`#[A-Z2-7]{8}`).FindString(v.Get(kit.Voices).Shows(t, "As", "Slow Ferry").Hides(t, "By nobody at all.").Body)
		if sign == "" {
			t.Fatal("nothing stands in place of a name")
		}
		organiser.Get("/groups/"+openDoor).Shows(t, "By a name that rests.", "From", "Slow Ferry", "By nobody in particular.", sign, "By nobody at all.").Hides(t, authorName, author)
		for _, who := range []*webtest.Visitor{h.visitor(), member, team} {
			who.Get("/groups/"+openDoor).Hides(t, "By a name that rests.", "By nobody in particular.", sign)
		}
		v.Get("/you/names").Hides(t, sign)
		v.Get("/you/data").Shows(t, sign, "Without a name, for one thing you said", "By nobody in particular.").Hides(t, "By nobody at all.")
		if n := h.count(`SELECT count(*) FROM record_suggestion WHERE words = 'By nobody at all.' AND author_persona_id = ''`); n != 1 {
			t.Errorf("what was said anonymously is of somebody: %d", n)
		}

		// What has no name can be found out, by its sign.
		at := h.wants(h.as("moderator"), sign, nil)
		team.Send(at, "", agreed).Is(t, http.StatusOK).Shows(t, author)

		// Behind closed curtains nobody is told a name.
		h.exec(`UPDATE member_member SET curtains = TRUE WHERE email = $1`, author)
		organiser.Get("/groups/"+openDoor).Hides(t, "Slow Ferry", sign)
		h.exec(`UPDATE member_member SET curtains = FALSE WHERE email = $1`, author)

		// Decided: whoever has a voice hears it, in a letter that names nobody, and
		// the persona that had no name is gone with its words.
		h.work()
		before := h.letters(author)
		for _, words := range []string{"By nobody in particular.", "By nobody at all."} {
			id := h.textOf(`SELECT id FROM record_suggestion WHERE words = $1`, words)
			organiser.Send("/groups/"+openDoor, "/groups/"+openDoor+"/decide", url.Values{"suggestion": {id}, "take": {"no"}}).Is(t, http.StatusOK)
		}
		h.work()
		if n := h.letters(author) - before; n != 1 {
			t.Errorf("%d letters about what was decided", n)
		}
		if n := h.count(`SELECT count(*) FROM member_persona WHERE name = $1`, sign) + h.count(`SELECT count(*) FROM member_name WHERE holder_persona_id NOT IN (SELECT id FROM member_persona) AND until IS NULL`); n != 0 {
			t.Errorf("%d traces of a persona that is over", n)
		}
		h.visitor().Get(back.Path).Is(t, http.StatusNotFound)

		// Taken back, by its author alone.
		id := h.textOf(`SELECT id FROM record_suggestion WHERE words = 'By a name that rests.'`)
		own := v.Get(kit.Voices)
		member.Post("/groups-suggested", with(member.Get(kit.Voices).Form(t, "/groups-suggested"), "said", id)).Is(t, http.StatusNotFound)
		if h.count(`SELECT count(*) FROM record_suggestion WHERE id = $1`, id) != 1 {
			t.Fatal("somebody else took it back")
		}
		v.Post("/groups-suggested", own.Form(t, "/groups-suggested")).Is(t, http.StatusOK).Shows(t, "Nothing of yours waits here")
		organiser.Get("/groups/"+openDoor).Hides(t, "By a name that rests.")
		h.work()
		h.onDisk("taken back", "By a name that rests.", "By nobody in particular.")

		// Whoever leaves takes along what nobody has decided.
		say("Until I go.", kit.Unnamed).Is(t, http.StatusOK)
		sub, err := h.Members.Subject(t.Context(), author)
		if err == nil {
			err = h.Erase(t.Context(), sub)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := h.count(`SELECT count(*) FROM record_suggestion WHERE words = 'Until I go.'`); n != 0 {
			t.Error("it stayed")
		}
	})
}

// No name begins as that does which stands in place of one.
func TestNoNameIsASign(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("member")
		v.Send("/you/names/new", "", url.Values{"name": {"#ABCD2345"}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "can’t begin with #")
		all, err := db.All(t.Context(), h.DB, db.Text, `SELECT name FROM member_persona WHERE hidden = FALSE`)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range all {
			if strings.HasPrefix(name, "#") {
				t.Errorf("%q is somebody's name", name)
			}
		}
	})
}
