package tests

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

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
		say("By a name that rests.", other).Is(t, http.StatusOK).Shows(t, "You hear what is decided", "By a name that rests.", "As", "Slow Ferry")
		say("By nobody in particular.", kit.Unnamed).Is(t, http.StatusOK).Shows(t, "By nobody in particular.", "Without a name")
		back := regexp.MustCompile(`/groups-suggested/[A-Z2-7]+`).FindString(say("By nobody at all.", kit.Anonymous).Is(t, http.StatusOK).Shows(t, "Thank you").Body)
		h.visitor().Get(back).Is(t, http.StatusOK).Shows(t, "Take it back")
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

		// Behind closed curtains no name is told. A sign is none, and stays: going with
		// a name, it would show whose it is.
		for _, hides := range []string{"curtains", "leaving"} {
			h.exec(`UPDATE member_member SET `+hides+` = TRUE WHERE email = $1`, author)
			organiser.Get("/groups/"+openDoor).Shows(t, sign).Hides(t, "Slow Ferry")
			h.exec(`UPDATE member_member SET `+hides+` = FALSE WHERE email = $1`, author)
		}
		// Who pauses says nothing, and still has what they said in their hands.
		h.exec(`UPDATE member_member SET standing = 'paused' WHERE email = $1`, author)
		v.Get(kit.Voices).Shows(t, "By a name that rests.", sign)
		v.Get(suggest).Hides(t, "Without a name")
		h.exec(`UPDATE member_member SET standing = 'in' WHERE email = $1`, author)

		// Nothing of what was said anonymously leads on: no address, no moment.
		if n := h.count(`SELECT count(*) FROM db_once WHERE outcome LIKE '/groups-suggested/%'`); n != 0 {
			t.Errorf("%d addresses that take something back stand in the database", n)
		}

		// Decided: whoever has a voice hears it, in a letter that names nobody, also
		// where the group has hidden from them meanwhile.
		h.work()
		before := h.letters(author)
		h.exec(`UPDATE group_group SET scope = 'unlisted' WHERE slug = $1`, openDoor)
		for _, words := range []string{"By nobody in particular.", "By nobody at all."} {
			id := h.textOf(`SELECT id FROM record_suggestion WHERE words = $1`, words)
			organiser.Send("/groups/"+openDoor, "/groups/"+openDoor+"/decide", url.Values{"suggestion": {id}, "take": {"no"}}).Is(t, http.StatusOK)
		}
		h.work()
		h.exec(`UPDATE group_group SET scope = 'public' WHERE slug = $1`, openDoor)
		if n := h.letters(author) - before; n != 1 {
			t.Errorf("%d letters about what was decided", n)
		}
		for _, k := range h.tray.Letters() {
			if k.Letter.To == author && strings.Contains(k.Letter.Plain(), "Open Door") {
				t.Errorf("a letter leads to a group that hides: %s", k.Letter.Plain())
			}
		}
		h.visitor().Get(back).Is(t, http.StatusNotFound)

		// The persona that had no name stays as long as somebody may ask who it was,
		// and as long as what was found out is kept; then it is nowhere.
		team.Get(at).Shows(t, author)
		v.Get("/you/found-out").Shows(t, "sorry on Thursday")
		h.exec(`UPDATE member_persona SET until = $1 WHERE name = $2 AND until <= $3`, time.Now().AddDate(0, 0, -1), sign, time.Now().AddDate(0, 0, 61))
		h.round("member.tidy")
		if n := h.count(`SELECT count(*) FROM member_persona WHERE name = $1`, sign); n != 1 {
			t.Error("somebody asked who it was, and it is gone")
		}
		h.exec(`UPDATE member_persona SET until = $1 WHERE name = $2`, time.Now().AddDate(0, 0, -1), sign)
		h.round("member.tidy")
		if n := h.count(`SELECT count(*) FROM member_persona WHERE name = $1`, sign) + h.count(`SELECT count(*) FROM member_name WHERE holder_persona_id NOT IN (SELECT id FROM member_persona) AND until IS NULL`); n != 0 {
			t.Errorf("%d traces of a persona that is over", n)
		}

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
		for _, name := range []string{"#ABCD2345", "＃ABCD2345", "﹟ABCD2345"} {
			v.Send("/you/names/new", "", url.Values{"name": {name}}).Is(t, http.StatusUnprocessableEntity).Shows(t, "can’t begin with #")
		}
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
