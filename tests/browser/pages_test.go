package browser

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/hotp"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/web/webtest"
)

// state is a page as somebody may find it.
type state struct {
	name string
	path string
	as   string         // organiser, team or member; empty: a visitor
	then func(b *tab)   // what they do there before it is looked at
	sees string         // what must be there, by selector: proof that it is this page
	err  bool           // it is answered with an error
	open map[int]string // by width: what is opened, on the page as it stands
}

// unfolded is what is folded up, opened.
var unfolded = map[int]string{320: "main .unfolds > summary", 1280: "main .unfolds > summary"}

const (
	collective = "/groups/open-door-collective"
	third      = "/groups/adelante-juntas" // the organiser's, too
	byTea      = "/groups/شاي-العصر"       // written in Arabic
	threeCups  = "/groups/ثلاثة-فناجين"    // where it meets is confidential
)

// states are all of them. link is a sign-in link that was not followed yet,
// made are the addresses of what a test made first: states knows the rest.
type made struct {
	link      string        // a sign-in link that was not followed yet
	suggested string        // where a suggestion is taken back
	asked     string        // where the one mail a month leads
	intro     string        // an introduction
	hidden    string        // a group that is in no list
	copy      string        // where somebody fetches a copy of everything
	line      string        // a help line
	people    []string      // lists of people: one that is not finished, one brought in
	arrive    string        // where the letter to somebody on one leads
	lists     []string      // of groups: one that was brought, one looked through, one taken in
	letter    string        // one that invites a group that waits
	invited   string        // where its code leads
	slip      string        // where an invitation to hand over leads
	objection string        // where a group's address says no to a claim
	join      string        // a link of somebody who wants to join
	wish      string        // an application that waits
	move      string        // a link to another address of somebody
	undo      string        // and one that takes it back
	stop      string        // one that stops the team from letting somebody in
	found     string        // and one that lets them in
	lost      [2]string     // wishes to be let in: one that waits, one on its way
	find      string        // a wish to find out who wrote something, which waits
	name      string        // one of somebody's names
	account   string        // somebody's
	message   string        // one that is kept for who has no address
	stay      string        // where the letter leads that asks whether somebody stays
	paper     func() string // a code on paper of who is secured, another each time
}

// states are all of them.
func states(m made) []state {
	send := func(sel string, fields map[string]string) func(b *tab) {
		return func(b *tab) {
			for id, text := range fields {
				eval[chromedp.Void](b, `document.getElementById(%s).value = %s, undefined`, id, text)
			}
			came := b.again()
			eval[chromedp.Void](b, `document.querySelector(%s).click()`, sel)
			came()
		}
	}
	veils := map[int]string{320: ".veil > summary, .menu > summary", 1280: ".veil > summary, .langs > summary"}
	const save = "form .button:not(.quiet)"
	// joinAs goes on with joining as somebody of a kind, up to a page.
	joinAs := func(kind, page string) func(b *tab) {
		return func(b *tab) {
			for range 6 {
				at := eval[string](b, `location.pathname`)
				if at == page {
					return
				}
				eval[chromedp.Void](b, `document.querySelectorAll("input[value=`+kind+`], #lived, #led").forEach((e) => e.checked = true)`)
				eval[chromedp.Void](b, `document.querySelectorAll("#email").forEach((e) => e.value = "new@elsewhere.example")`)
				if at == "/join/group" {
					eval[chromedp.Void](b, `document.querySelector("#name").value = "Arch Wednesdays", undefined`)
				}
				came := b.again()
				eval[chromedp.Void](b, `document.querySelector("main form .button:not(.quiet)").click()`)
				came()
			}
			b.t.Fatalf("on the way to %s at %s", page, b.where())
		}
	}
	// invitedTo follows the link of an invitation first, and then goes to a page of it.
	invitedTo := func(page string) func(b *tab) {
		return func(b *tab) {
			b.open(m.invited)
			b.open(page)
		}
	}
	joinTo := func(page string) func(b *tab) { return joinAs("member", page) }
	// joinHere goes on with joining as somebody without an address, up to a page.
	joinHere := func(page string) func(b *tab) {
		return func(b *tab) {
			for range 9 {
				at := eval[string](b, `location.pathname`)
				if at == page {
					return
				}
				eval[chromedp.Void](b, `document.querySelectorAll("input[value=member], #lived, #nomail").forEach((e) => e.checked = true)`)
				eval[chromedp.Void](b, `document.querySelectorAll("#email").forEach((e) => e.value = "")`)
				eval[chromedp.Void](b, `document.querySelectorAll("#password").forEach((e) => e.value = "four words in a row")`)
				eval[chromedp.Void](b, `document.querySelectorAll("#code").forEach((e) => e.value = document.querySelector("main ul.address li").textContent)`)
				came := b.again()
				eval[chromedp.Void](b, `document.querySelector("main form .button:not(.quiet)").click()`)
				came()
			}
			b.t.Fatalf("on the way to %s at %s", page, b.where())
		}
	}
	// half signs somebody in who has a second step.
	half := func(b *tab) {
		if b.where() == "/sign-in/second" {
			return
		}
		send(save, map[string]string{"email": "team2@withus.example", "password": "withus-team"})(b)
	}
	// byCode has a code sent in place of a link.
	byCode := func(b *tab) {
		if b.where() == "/sign-in/code" {
			return
		}
		eval[chromedp.Void](b, `document.querySelector("input[name=code]").checked = true, undefined`)
		send(save, map[string]string{"email": "nobody@elsewhere.example"})(b)
	}
	wrongAt := func(page string) func(b *tab) {
		return func(b *tab) {
			joinTo(page)(b)
			eval[chromedp.Void](b, `document.querySelectorAll("#lived").forEach((e) => e.checked = false)`)
			send(save, map[string]string{})(b)
		}
	}
	return []state{
		{name: "home", path: "/", sees: ".hero #q"},
		{name: "home-menu", path: "/", sees: ".hero #q", open: map[int]string{320: ".menu > summary", 1280: ".langs > summary"}},
		{name: "groups", path: "/groups", sees: "#found .card"},
		{name: "groups-filtered", path: "/groups?support=practical&language=ar", sees: "#language option[value=ar]:checked"},
		{name: "groups-none", path: "/groups?q=zzzzz", sees: "#found .empty"},
		{name: "groups-near", path: "/groups?near=Cork&within=100", sees: "#found .card"},
		{name: "groups-near-none", path: "/groups?near=zzzzzzz", sees: "#found .note"},
		{name: "group-map", path: "/group-map", sees: ".map .spot"},
		{name: "group-map-continent", path: "/group-map/africa?support=practical", sees: ".map .land"},
		{name: "group-map-country", path: "/group-map/gb", sees: ".map .own"},
		{name: "groups-second", path: "/groups", sees: ".pager", then: func(b *tab) {
			came := b.again()
			eval[chromedp.Void](b, `document.querySelector(".pager a").click()`)
			came()
		}},
		{name: "group", path: collective, sees: ".facts", open: veils},
		{name: "group-confidential", path: threeCups, sees: "main h1"},
		{name: "group-unlisted", path: m.hidden, sees: "main .note"},
		{name: "group-arabic", path: byTea, sees: "main h1[lang=ar]"},
		{name: "slip", path: collective + "/slip", sees: ".slip .code"},
		{name: "group-ended", path: "/groups?life=ended", sees: "main .note", then: func(b *tab) {
			came := b.again()
			eval[chromedp.Void](b, `document.querySelector("#found .card a").click()`)
			came()
		}},
		{name: "suggest", path: collective + "/suggest", sees: "#words"},
		{name: "suggest-wrong", path: collective + "/suggest", sees: ".summary", err: true, then: send(save, nil)},
		{name: "suggest-as", path: collective + "/suggest", as: "member", sees: "#as-2"},
		{name: "suggest-as-wrong", path: collective + "/suggest", as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"words": "The lamp is out."})},
		{name: "voice", path: "/you/voice", as: "member", sees: "main blockquote"},
		{name: "voice-none", path: "/you/voice", as: "supporter", sees: "main .empty"},
		{name: "suggested", path: m.suggested, sees: "main form button.quiet"},
		{name: "asked", path: m.asked, sees: "main:has(blockquote) [aria-labelledby=link-asked] form"},
		{name: "group-movement", path: "/groups/panaderia-la-terca", sees: "#link-part ~ div .card"},
		{name: "group-webs", path: "/group-web", sees: ".tally a"},
		{name: "group-web", path: "/group-web/society-of-unreliable-narrators", sees: ".web .spot text"},
		{name: "group-web-none", path: "/group-web/شاي-العصر", sees: "main h1"},
		{name: "search", path: "/search", sees: "#q"},
		{name: "search-found", path: "/search?q=tea", sees: "#found .card"},
		{name: "search-none", path: "/search?q=zzzzz", sees: "#found .empty"},
		{name: "help", path: "/help", sees: "select#country"},
		{name: "help-country", path: "/help/GB", sees: ".asked"},
		{name: "help-arabic", path: "/help/MA", sees: ".asked"},
		{name: "help-none", path: "/help/other", sees: "#turn"},
		{name: "claim-new", path: "/claims/new?q=radio", sees: "#found"},
		{name: "claim-propose-wrong", path: "/claims/suggest", sees: ".summary", err: true, then: send(save, nil)},
		{name: "claim-code-wrong", path: "/claims/code", sees: ".summary", err: true, then: send(save, map[string]string{"code": "AAAA"})},
		{name: "claim-invited-link", path: m.invited, sees: "main .button"},
		{name: "claim-invited", path: "/claims/invited", sees: "main .button", then: invitedTo("/claims/invited")},
		{name: "claim-invited-off", path: "/claims/invited/off", sees: "#sure", then: invitedTo("/claims/invited/off")},
		{name: "claim-objection", path: m.objection, sees: "main form button"},
		{name: "claim-institution", path: "/claims/institution?group=open-door-collective", sees: "main .button"},
		{name: "claim-from-here", path: "/groups/radio-persiana", sees: `main a[href="/claim/radio-persiana"]`},
		{name: "about", path: "/about", sees: "main article ul"},
		{name: "our-language", path: "/our-language", sees: "main article h2"},
		{name: "who-runs-this", path: "/who-runs-this", sees: "main article h2"},
		{name: "privacy", path: "/privacy", sees: "main article a"},
		{name: "accessibility", path: "/accessibility", sees: "main article h2"},
		{name: "page-elsewhere", path: "/pages/house-rules", sees: "main article ol"},
		{name: "sign-in", path: "/sign-in", sees: "#password", open: map[int]string{320: "details.panel > summary", 1280: "details.panel > summary"}},
		{name: "sign-in-first", path: "/sign-in?next=/you", sees: "#password"},
		{name: "sign-in-wrong", path: "/sign-in", sees: ".summary", err: true, then: send(save, map[string]string{"email": "nobody@withus.example", "password": "not this one"})},
		{name: "sign-in-sent", path: "/sign-in/sent", sees: "main h1"},
		{name: "sign-in-link", path: m.link, sees: "main form button"},
		{name: "second", path: "/sign-in/second", sees: "#code", then: half},
		{name: "second-wrong", path: "/sign-in/second", sees: ".summary", err: true, then: func(b *tab) {
			half(b)
			send(save, map[string]string{"code": "000000"})(b)
		}},
		{name: "code", path: "/sign-in/code", sees: "#code", then: byCode},
		{name: "code-wrong", path: "/sign-in/code", sees: ".summary", err: true, then: func(b *tab) {
			byCode(b)
			send(save, map[string]string{"code": "0000 0000"})(b)
		}},
		{name: "lost", path: "/sign-in/lost", sees: "#words"},
		{name: "lost-wrong", path: "/sign-in/lost", sees: ".summary", err: true, then: send(save, map[string]string{"email": "nobody@"})},
		{name: "lost-code", path: "/sign-in/lost", sees: "main p.address", then: func(b *tab) {
			// Of one address it is asked three times a day at most.
			who := "nobody " + map[string]string{"en": "2222", "ar": "2222", "es": "3333", "fr": "3333"}[eval[string](b, `document.documentElement.lang`)]
			send(save, map[string]string{"email": who, "words": "We met at the Tuesday table."})(b)
		}},
		{name: "lost-sent", path: "/sign-in/lost/sent", sees: "main h1"},
		{name: "lost-stop", path: m.stop, sees: "main form button"},
		{name: "lost-found", path: m.found, sees: "main form button"},
		{name: "passkey", path: "/sign-in/passkey", sees: "button[value=begin]"},
		{name: "passkey-use", path: "/sign-in/passkey", sees: "[data-passkey=get] button", then: send("button[value=begin]", nil)},
		{name: "passkey-wrong", path: "/sign-in/passkey", sees: ".summary", err: true, then: func(b *tab) {
			send("button[value=begin]", nil)(b)
			came := b.again()
			eval[chromedp.Void](b, `document.querySelector("[data-passkey]").submit()`)
			came()
		}},
		{name: "move", path: m.move, sees: "main form button"},
		{name: "undo", path: m.undo, sees: "main form button"},
		{name: "join", path: "/join", sees: "input[name=kind]"},
		{name: "join-easy", path: "/join/easy", sees: ".ideas svg"},
		{name: "join-print", path: "/join/print", sees: ".ask .square"},
		{name: "join-print-group", path: "/join/print?kind=group", sees: ".ask .write"},
		{name: "join-words", path: "/join", sees: ".veil", open: map[int]string{320: "main .veil > summary", 1280: "main .veil > summary"}},
		{name: "join-wrong", path: "/join", sees: ".summary", err: true, then: func(b *tab) {
			eval[chromedp.Void](b, `document.querySelectorAll("input[name=kind]").forEach((e) => e.checked = false)`)
			send(save, nil)(b)
		}},
		{name: "join-group", path: "/join/group", sees: "#led", then: joinAs("group", "/join/group")},
		{name: "join-group-wrong", path: "/join/group", sees: ".summary", err: true, then: func(b *tab) {
			joinAs("group", "/join/group")(b)
			send(save, map[string]string{"name": ""})(b)
		}},
		{name: "join-whom", path: "/join/whom", sees: "#forWords", then: joinAs("group", "/join/whom")},
		{name: "join-group-name", path: "/join/name", sees: "#lived", then: joinAs("group", "/join/name")},
		{name: "join-group-send", path: "/join/send", sees: ".facts", then: joinAs("group", "/join/send")},
		{name: "join-experience", path: "/join/experience", sees: "#lived", then: joinTo("/join/experience")},
		{name: "join-experience-wrong", path: "/join/experience", sees: ".summary", err: true, then: wrongAt("/join/experience")},
		{name: "join-name", path: "/join/name", sees: "#country", then: joinTo("/join/name")},
		{name: "join-counted", path: "/join/counted", sees: "input[name=counted]", then: joinTo("/join/counted")},
		{name: "join-reach", path: "/join/reach", sees: "#email", then: joinTo("/join/reach")},
		{name: "join-send", path: "/join/send", sees: ".facts", then: joinTo("/join/send")},
		{name: "join-door", path: "/join/door", sees: "#password", then: joinHere("/join/door")},
		{name: "join-door-wrong", path: "/join/door", sees: ".summary", err: true, then: func(b *tab) {
			joinHere("/join/door")(b)
			send(save, map[string]string{"password": "short"})(b)
		}},
		{name: "join-paper", path: "/join/paper", sees: "main details.unfolds", then: joinHere("/join/paper"), open: unfolded},
		{name: "join-paper-wrong", path: "/join/paper", sees: ".summary", err: true, then: func(b *tab) {
			joinHere("/join/paper")(b)
			send(save, map[string]string{"code": "x"})(b)
		}},
		{name: "join-send-here", path: "/join/send", sees: "#agree", then: joinHere("/join/send")},
		{name: "join-sent", path: "/join/sent", sees: "main form", then: joinTo("/join/sent")},
		{name: "join-link", path: m.join, sees: "main form button"},
		{name: "leaving-page", path: "/leaving", sees: "main h2"},
		{name: "api", path: "/api", sees: ".ledger"},
		{name: "mail", path: "/demo/mail", sees: "main article"},
		{name: "ui", path: "/ui", sees: "#errors"},
		{name: "not-found", path: "/groups/no-such-group", sees: "main h1", err: true},

		{name: "life", path: collective + "/life", as: "organiser", sees: "#keeper"},
		{name: "life-wrong", path: collective + "/life", as: "organiser", sees: ".summary", err: true, then: func(b *tab) {
			eval[chromedp.Void](b, `document.querySelector("input[value=ended]").checked = true, undefined`)
			send(save, nil)(b)
		}},
		{name: "delete", path: collective + "/delete", as: "organiser", sees: "#sure"},
		{name: "delete-wrong", path: collective + "/delete", as: "organiser", sees: ".summary", err: true, then: send(save, nil)},
		{name: "you", path: "/you", as: "organiser", sees: "#member-you"},
		{name: "group-mine", path: collective, as: "organiser", sees: `main a[href$="/edit"]`},
		{name: "group-members", path: "/groups/موعد-الحبة", as: "organiser", sees: "main .note"},
		{name: "edit", path: collective + "/edit", as: "organiser", sees: "#about", open: map[int]string{320: "details.panel > summary", 1280: "details.panel > summary"}},
		{name: "edit-wrong", path: collective + "/edit", as: "organiser", sees: ".summary", err: true,
			then: send(save, map[string]string{"name": "", "since": "long ago", "languages": "English, Elvish", "email": "kitchen", "website": "nowhere"})},
		{name: "edit-done", path: collective + "/edit", as: "organiser", sees: ".done", then: send(save, map[string]string{"since": "2012"})},
		{name: "picture", path: collective + "/picture", as: "organiser", sees: "img.picture"},
		{name: "picture-wrong", path: collective + "/picture", as: "organiser", sees: ".summary", err: true, then: send(save, map[string]string{"words": ""})},
		{name: "merge-answer", path: "/groups/tidewater-peer-group/merge", as: "organiser", sees: "#merge-says"},
		{name: "group-asked-to-merge", path: "/groups/tidewater-peer-group", as: "organiser", sees: "button[value=yes]"},
		{name: "history", path: collective + "/history", as: "organiser", sees: "main li form"},
		{name: "password", path: "/sign-in/password", as: "organiser", sees: "#fresh"},
		{name: "password-wrong", path: "/sign-in/password", as: "organiser", sees: ".summary", err: true, then: send(save, map[string]string{"fresh": "short"})},
		{name: "claims-asked", path: "/claims", as: "organiser", sees: "#asked"},
		{name: "claim-begin", path: "/claim/las-tejedoras-de-la-puna", as: "member", sees: "#words"},
		{name: "claim-begin-wrong", path: "/claim/las-tejedoras-de-la-puna", as: "member", sees: ".summary", err: true, then: send(save, nil)},
		{name: "claim-begun", path: "/claim/radio-persiana", as: "member", sees: "#trail", then: func(b *tab) {
			if eval[bool](b, `!document.querySelector("#trail")`) {
				eval[chromedp.Void](b, `document.querySelector("input[value=group]").checked = true, undefined`)
				send(save, nil)(b)
			}
		}},
		{name: "claim-groups", path: "/claim/radio-persiana/groups?q=Tidewater", as: "member", sees: "main li form"},
		{name: "claims-mine", path: "/claims", as: "member", sees: "#mine"},
		{name: "claim-code", path: "/claim/radio-persiana/code", as: "member", sees: "#code"},
		{name: "claim-invited-claim", path: "/claims/invited/claim", as: "member", sees: "#words", then: invitedTo("/claims/invited/claim")},
		{name: "group-off-refused", path: collective + "/off", as: "organiser", sees: "main h1", err: true},
		{name: "claim-invite", path: "/claim/the-list-kitchen/invite", as: "team", sees: "main form button"},
		{name: "claim-letter", path: m.letter, as: "team", sees: "main h1"},
		{name: "links", path: "/links", as: "organiser", sees: "main li form"},
		{name: "links-found", path: "/links?q=bruyants", as: "organiser", sees: "#link-find ~ ul a"},
		{name: "offer", path: "/links/les-bruyants/offer", as: "organiser", sees: "input[name=way]"},
		{name: "offer-wrong", path: "/links/les-bruyants/offer", as: "organiser", sees: ".summary", err: true, then: send(save, nil)},
		{name: "introductions", path: "/introductions", as: "organiser", sees: "main li form"},
		{name: "introduction", path: m.intro, as: "organiser", sees: "#backWords"},
		{name: "introduction-yes", path: "/introductions", as: "organiser", sees: "blockquote", then: func(b *tab) {
			came := b.again()
			eval[chromedp.Void](b, `document.querySelector("#intro-by ~ ul a").click()`)
			came()
		}},
		{name: "introduce", path: "/introductions/les-bruyants/ask", as: "organiser", sees: "#words"},
		{name: "introduce-wrong", path: "/introductions/les-bruyants/ask", as: "organiser", sees: ".summary", err: true, then: send(save, nil)},
		{name: "you-member", path: "/you", as: "member", sees: "#member-you ~ dl img.face"},
		{name: "leave", path: "/you/leave", as: "member", sees: "input[name=when]"},
		{name: "leave-wrong", path: "/you/leave", as: "member", sees: ".summary", err: true, then: func(b *tab) {
			eval[chromedp.Void](b, `document.querySelector("input[value=at-once]").checked = true, undefined`)
			send(save, nil)(b)
		}},
		{name: "leaving", path: "/you/leave", as: "leaving", sees: "#sure"},
		{name: "you-leaving", path: "/you", as: "leaving", sees: "#privacy-you ~ form"},
		{name: "names", path: "/you/names", as: "leaving", sees: "main li form"},
		{name: "names-picture", path: "/you/names", as: "member", sees: "main li img.face"},
		{name: "name-new", path: "/you/names/new", as: "member", sees: "#pronouns"},
		{name: "name-wrong", path: "/you/names/new", as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"name": "Kettlе"})},
		{name: "name-picture-wrong", path: m.name, as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"name": ""})},
		{name: "name", path: m.name, as: "member", sees: "main img.face ~ .field #picture"},
		{name: "about-me", path: "/you/about", as: "member", sees: "#own"},
		{name: "about-me-wrong", path: "/you/about", as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"own": strings.Repeat("x", 200)})},
		{name: "data", path: "/you/data", as: "organiser", sees: "main dl"},
		{name: "data-copy", path: m.copy, as: "organiser", sees: "main a[download]"},
		{name: "numbers", path: "/desk/numbers", as: "team", sees: "main .bar"},
		{name: "equal", path: "/you/equal", as: "member", sees: "main form button"},
		{name: "equal-questions", path: "/you/equal/questions", as: "member", sees: "#carer"},
		{name: "equal-desk", path: "/desk/equal", as: "team", sees: "main .bar"},
		{name: "looks", path: "/desk/looks", as: "team", sees: "main ul.lines li"},
		{name: "kept", path: "/desk/kept", as: "team", sees: "main .note ~ .as-list .tag.late"},
		{name: "seen", path: "/you/seen", as: "member", sees: "#curtains"},
		{name: "agreed", path: "/you/agreed", as: "member", sees: "main form button"},
		{name: "agree", path: "/you/agreed/member.counted", as: "member", sees: "#yes"},
		{name: "agree-wrong", path: "/you/agreed/member.counted", as: "member", sees: ".summary", err: true, then: send(save, nil)},
		{name: "second-set", path: "/you/second-step", as: "member", sees: "svg.code"},
		{name: "second-set-wrong", path: "/you/second-step", as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"code": "1"})},
		{name: "you-lost", path: "/you", as: "secured", sees: "form[action='/sign-in/lost/stop']"},
		{name: "passkeys", path: "/you/passkeys", as: "secured", sees: "main ul.lines button"},
		{name: "passkey-make", path: "/you/passkeys", as: "secured", sees: "[data-passkey=create] button", then: send("button[value=begin]", nil)},
		{name: "second-has", path: "/you/second-step", as: "secured", sees: "button[value=paper]"},
		{name: "paper", path: "/you/second-step", as: "secured", sees: "main details.unfolds", then: func(b *tab) {
			send("button[value=paper]", map[string]string{"code": m.paper()})(b)
		}},
		{name: "you-nomail", path: "/you", as: "nomail", sees: "main .note a"},
		{name: "messages", path: "/you/messages", as: "nomail", sees: "main ul.lines strong"},
		{name: "message", path: m.message, as: "nomail", sees: "button[value=drop]"},
		{name: "codes", path: "/you/codes", as: "nomail", sees: "main details.unfolds", open: unfolded},
		{name: "codes-wrong", path: "/you/codes", as: "nomail", sees: ".summary", err: true, then: send(save, map[string]string{"code": "x"})},
		{name: "codes-leave", path: "/you/codes", as: "member", sees: "main details.unfolds"},
		{name: "email-nomail", path: "/you/email", as: "nomail", sees: "#email"},
		{name: "in-by-paper", path: "/sign-in/paper", sees: "#fresh"},
		{name: "in-by-paper-wrong", path: "/sign-in/paper", sees: ".summary", err: true, then: send(save, map[string]string{"email": "nobody", "code": "x", "fresh": "four words in a row"})},
		{name: "email", path: "/you/email", as: "member", sees: "#email"},
		{name: "email-wrong", path: "/you/email", as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"email": "member@withus.example"})},
		{name: "email-sent", path: "/you/email/sent", as: "member", sees: "main h1"},
		{name: "membership", path: "/you/membership", as: "member", sees: "#pause ~ form"},
		{name: "stay", path: m.stay, sees: "main form button"},
		{name: "you-asked", path: "/you", as: "asked", sees: ".note button[value=pause]"},
		{name: "membership-asked", path: "/you/membership", as: "asked", sees: ".note button[value=stay]"},
		{name: "you-lapsed", path: "/you", as: "lapsed", sees: ".note button[value=stay]"},
		{name: "membership-lapsed", path: "/you/membership", as: "lapsed", sees: ".note button[value=stay]"},
		{name: "you-paused", path: "/you", as: "paused", sees: ".note button[value=stay]"},
		{name: "membership-paused", path: "/you/membership", as: "paused", sees: ".note button[value=stay]"},
		{name: "you-pending", path: "/you", as: "pending", sees: ".note h2"},
		{name: "you-refused", path: "/you", as: "refused", sees: ".note blockquote"},
		{name: "you-bringing", path: "/you", as: "bringing", sees: ".note a.button"},
		{name: "bring", path: "/join/vouching?q=open", as: "bringing", sees: "main ul.lines"},
		{name: "vouching", path: "/vouching", as: "organiser", sees: "main section form"},
		{name: "join-in", path: "/join", as: "pending", sees: "main .note"},
		{name: "join-take-back", path: "/join/take-back", as: "pending", sees: "main form .button"},
		{name: "join-again", path: "/join/again", as: "refused", sees: "#words"},
		{name: "you-team", path: "/you", as: "team", sees: "#member-you"},
		{name: "desk", path: "/desk", as: "team", sees: "#group-desk"},
		{name: "invite-mine", path: "/you/invitations", as: "member", sees: "main ul.lines form"},
		{name: "invite-new", path: "/you/invitations/new", as: "member", sees: "#email"},
		{name: "invite-wrong", path: "/you/invitations/new", as: "member", sees: ".summary", err: true, then: send(save, map[string]string{"email": "no address"})},
		{name: "invite-slip", path: "/desk/invitations/new", as: "team", sees: ".slip .code", then: func(b *tab) {
			eval[chromedp.Void](b, `document.querySelector("input[value=member]").checked = true, undefined`)
			send(save, nil)(b)
		}},
		{name: "invite-by-code", path: "/invited", sees: "#means", then: send(save, map[string]string{"code": path.Base(m.slip)})},
		{name: "invite-desk", path: "/desk/invitations", as: "team", sees: "main ul.lines form"},
		{name: "invite-desk-new", path: "/desk/invitations/new", as: "team", sees: "input[name=at-once]"},
		{name: "invite-team", path: "/desk/invitations/team", as: "team", sees: "input[value=moderator]"},
		{name: "invite-code", path: "/invited", sees: "#code"},
		{name: "invite-code-wrong", path: "/invited", sees: ".summary", err: true, then: send(save, map[string]string{"code": "nothing"})},
		{name: "invited", path: m.slip, sees: "#means"},
		{name: "joining", path: "/desk/joining", as: "team", sees: "#given ~ ul li"},
		{name: "joining-one", path: m.wish, as: "team", sees: "#reason"},
		{name: "joining-wrong", path: m.wish, as: "team", sees: ".summary", err: true, then: send("#no ~ form .button", nil)},
		{name: "losts", path: "/desk/lost", as: "team", sees: "main li a"},
		{name: "lost-one", path: m.lost[0], as: "team", sees: "#why"},
		{name: "lost-one-wrong", path: m.lost[0], as: "team", sees: ".summary", err: true, then: send(save, nil)},
		{name: "lost-runs", path: m.lost[1], as: "team", sees: "#past ~ ol blockquote"},
		{name: "roll", path: "/desk/members", as: "team", sees: "#all ~ ul li a"},
		{name: "roll-wrong", path: "/desk/members", as: "team", sees: ".summary", err: true, then: send("main form .button", map[string]string{"email": "nobody@withus.example"})},
		{name: "account", path: "/desk/members/" + m.account, as: "team", sees: "main dl"},
		{name: "account-role", path: "/desk/members/" + m.account + "/role", as: "team", sees: "[name=role]"},
		{name: "finding-out", path: "/finding-out", sees: "#grounds ~ ul li"},
		{name: "found-out", path: "/you/found-out", as: "member", sees: "main blockquote"},
		{name: "finding", path: "/desk/finding-out", as: "team", sees: "main li a"},
		{name: "finding-new", path: "/desk/finding-out/new", as: "team", sees: "#reason"},
		{name: "finding-wrong", path: "/desk/finding-out/new", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"day": "soon"})},
		{name: "finding-grounds", path: "/desk/finding-out/grounds", as: "team", sees: "input[name=on]"},
		{name: "finding-one", path: m.find, as: "team", sees: "#danger-stated"},
		{name: "finding-one-wrong", path: m.find, as: "team", sees: ".summary", err: true, then: send(save, nil)},
		{name: "kinds", path: "/desk/kinds", as: "team", sees: "#kind-supporter"},
		{name: "kind", path: "/desk/kinds/supporter", as: "team", sees: "#renews"},
		{name: "kind-history", path: "/desk/kinds/group/history", as: "team", sees: "main ol form .button"},
		{name: "kind-wrong", path: "/desk/kinds/supporter", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"renews": ""})},
		{name: "claim-decide", path: "/claim/tidewater-peer-group/all", as: "team", sees: "#trail", then: func(b *tab) {
			came := b.again()
			eval[chromedp.Void](b, `document.querySelector("main ul a").click()`)
			came()
		}},
		{name: "duplicates", path: "/group-duplicates", as: "team", sees: "#pairs-merged"},
		{name: "compare", path: "/group-duplicates/harbour-street-supper-club/harbour-street-super-club", as: "team", sees: "#differs", open: map[int]string{320: "details.panel > summary", 1280: "details.panel > summary"}},
		{name: "merge", path: "/group-duplicates/the-long-bench/canal-listeners/merge", as: "team", sees: "#merge-says"},
		{name: "history-merged", path: "/groups/patchwork-table/history", as: "team", sees: "#history-merged"},
		{name: "help-lines", path: "/help/lines", as: "team", sees: "main h2 a"},
		{name: "help-new", path: "/help/lines/new", as: "team", sees: "#number"},
		{name: "help-wrong", path: "/help/lines/new", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"number": "call us", "languages": "Elvish"})},
		{name: "help-edit", path: m.line + "/edit", as: "team", sees: "#number"},
		{name: "help-try", path: m.line + "/tried", as: "team", sees: "#trouble"},
		{name: "help-history", path: m.line + "/history", as: "team", sees: "main ol.lines"},
		{name: "settings", path: "/settings", as: "team", sees: "#network-pages"},
		{name: "settings-name", path: "/settings/name", as: "team", sees: "main form button"},
		{name: "settings-colours", path: "/settings/colours", as: "team", sees: ".preview"},
		{name: "settings-colours-wrong", path: "/settings/colours", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"primary": "#ffff00"})},
		{name: "settings-languages", path: "/settings/languages", as: "team", sees: "main form"},
		{name: "settings-mail", path: "/settings/mail", as: "team", sees: "button[value=test]"},
		{name: "settings-pages", path: "/settings/pages", as: "team", sees: "input[type=checkbox]"},
		{name: "settings-history", path: "/settings/history", as: "team", sees: "main ol.lines"},
		{name: "arrivals", path: "/desk/arrivals", as: "team", sees: "#people"},
		{name: "arrivals-waiting", path: "/desk/arrivals/waiting", as: "team", sees: "main ul.lines li"},
		{name: "arrivals-bring", path: "/desk/arrivals/bring", as: "team", sees: "#file"},
		{name: "arrivals-bring-wrong", path: "/desk/arrivals/bring", as: "team", sees: ".summary", err: true, then: send(save, nil)},
		{name: "arrivals-paper", path: "/desk/arrivals/paper", as: "team", sees: "#day"},
		{name: "arrivals-paper-wrong", path: "/desk/arrivals/paper", as: "team", sees: ".summary", err: true, then: send(save, nil)},
		{name: "arrivals-columns", path: m.people[0] + "/columns", as: "team", sees: "#column-1"},
		{name: "arrivals-words", path: m.people[0] + "/words", as: "team", sees: "main fieldset"},
		{name: "arrivals-list", path: m.people[1], as: "team", sees: "main dl.facts"},
		{name: "arrive", path: m.arrive, sees: "#name"},
		{name: "arrive-wrong", path: m.arrive, sees: ".summary", err: true, then: send(save, nil)},
		{name: "arrive-not", path: "/you/arrival", as: "member", sees: "main h1", err: true},
		{name: "lists", path: "/group-imports", as: "team", sees: "#file"},
		{name: "lists-wrong", path: "/group-imports", as: "team", sees: ".summary", err: true, then: send(save, nil)},
		{name: "list-columns", path: m.lists[0] + "/columns", as: "team", sees: "#column-1"},
		{name: "list-wrong", path: m.lists[0] + "/columns", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"column-1": "none"})},
		{name: "list-preview", path: m.lists[1], as: "team", sees: "#agreed"},
		{name: "list-report", path: m.lists[2], as: "team", sees: "#doubtful"},
		{name: "words", path: "/words", as: "team", sees: "#kind-experience"},
		{name: "word", path: "/words/voices", as: "team", sees: "#words-ar"},
		{name: "word-new", path: "/words/new", as: "team", sees: "input[type=radio]"},
		{name: "word-wrong", path: "/words/new", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"words-en": ""})},
		{name: "pages", path: "/pages", as: "team", sees: `main form[action$="/hide"]`},
		{name: "page-hidden", path: "/pages/new-flyer", as: "team", sees: "main .note"},
		{name: "page-new", path: "/pages/new", as: "team", sees: "trix-editor", then: written},
		{name: "page-wrong", path: "/pages/new", as: "team", sees: "trix-editor", err: true, then: func(b *tab) {
			written(b)
			send(save, nil)(b)
			written(b)
		}},
		{name: "page-edit", path: "/pages/about/edit/es", as: "team", sees: "trix-editor", then: written, open: map[int]string{320: ".only-narrow > summary"}},
		{name: "page-behind", path: "/pages/our-language/edit/ar", as: "team", sees: "main .note", then: written},
		{name: "page-history", path: "/pages/our-language/history/en", as: "team", sees: "main li form"},
		{name: "menus", path: "/menus", as: "team", sees: "#top-about"},
		{name: "menus-wrong", path: "/menus", as: "team", sees: ".summary", err: true, then: send(save, map[string]string{"top-about": "first"})},
		{name: "menu-words", path: "/menus/words/about", as: "team", sees: "#words-ar"},
		{name: "menu-history", path: "/menus/history", as: "team", sees: "main ol.lines"},
		{name: "old-addresses", path: "/old-addresses", as: "team", sees: "#moved"},
		{name: "old-addresses-look", path: "/old-addresses", as: "team", sees: "#look", then: send(save, map[string]string{"list": "/old /about\n/x https://elsewhere.example/a-rather-long-address-that-has-no-place-to-break\n/one"})},
	}
}

// lists brings three lists of groups, each further than the one before.
func (h *house) lists() (paths []string) {
	h.t.Helper()
	team := h.visitor().SignIn("team@withus.example", "withus-team")
	for i := range 3 {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		w.WriteField("form_key", id.New(h.t.Context()))
		part, err := w.CreateFormFile("file", "list.csv")
		if err != nil {
			h.t.Fatal(err)
		}
		io.WriteString(part, "Group name;Town;Mood;website\nThe List Kitchen;Leeds;x;nowhere\nOpen Door Collective;;y;\n;Hull;;\nبيت القائمة;Tunis;z;\n")
		w.Close()
		path := team.Do("POST", "/group-imports", &b, w.FormDataContentType()).Header.Get("Location")
		if paths = append(paths, path); i > 0 {
			team.Send(path+"/columns", path+"/columns", nil)
			h.work()
		}
		if i > 1 {
			team.Send(path, path+"/take", nil)
			h.work()
		}
	}
	return paths
}

// secured is one of the example people with a second step, signed in.
func (h *house) secured(name, password string) *webtest.Visitor {
	h.t.Helper()
	v := h.visitor().SignIn(name+"@withus.example", password)
	f := v.Get("/you/second-step").Form(h.t, "")
	code, err := hotp.GenerateCode(f.Get("secret"), uint64(time.Now().Unix()/30))
	if err != nil {
		h.t.Fatal(err)
	}
	f.Set("code", code)
	v.Post("/you/second-step", f).Is(h.t, http.StatusOK)
	err = h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO signin_passkey (id, owner_member_id, public, uses, device, day)
			SELECT $3, id, '', 0, 'firefox/android', $2 FROM member_member WHERE email = $1`, name+"@withus.example", time.Now(), id.New(ctx))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// rounds lets work that comes round have gone well, but for some that is late.
func (h *house) rounds() {
	h.t.Helper()
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		ago := func(hours time.Duration) time.Time { return time.Now().Add(-hours * time.Hour) }
		_, err := tx.Exec(ctx, `INSERT INTO job_schedule (name, round, good, bad, why) VALUES ('web.tidy', $1, $1, NULL, ''), ('link.tidy', $1, $2, $2, 'file'), ('claim.settle', $1, NULL, $2, '')`, ago(0), ago(99))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// paper is a code on paper that fits everybody who has a second step.
func (h *house) paper() string {
	h.t.Helper()
	code := id.Secret()
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO signin_recovery (owner_member_id, hash) SELECT owner_member_id, $1 FROM signin_second`, id.Hash(code))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// acting is the name one of the example people acts as.
func (h *house) acting(who string) string {
	h.t.Helper()
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT p.id FROM member_persona p JOIN member_member m ON m.id = p.owner_member_id WHERE m.email = $1 AND p.acting = TRUE`, who+"@withus.example")
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// moved are a link to another address that was not followed yet, and one that
// takes back a change that was made.
func (h *house) moved() (move, undo string) {
	h.t.Helper()
	newest := func() string {
		h.work()
		u, err := url.Parse(h.tray.Letters()[0].Letter.Link.URL)
		if err != nil {
			h.t.Fatal(err)
		}
		return u.Path
	}
	v := h.visitor().SignIn("supporter@withus.example", "withus-supporter")
	v.Send("/you/email", "", url.Values{"email": {"supporter@elsewhere.example"}}).Is(h.t, http.StatusOK)
	v.Send(newest(), "", nil).Is(h.t, http.StatusOK)
	undo = newest()
	v = h.visitor().SignIn("moderator@withus.example", "withus-moderator")
	v.Send("/you/email", "", url.Values{"email": {"moderator@elsewhere.example"}}).Is(h.t, http.StatusOK)
	return newest(), undo
}

// losts are links of somebody who lost everything, to the old address and to the
// new one; and two wishes of the demo, one that waits and one that is on its way.
// Those who are signed in already are told that somebody wants to get in.
func (h *house) losts() (stop, found string, wishes [2]string) {
	h.t.Helper()
	exec := func(query string, args ...any) {
		h.t.Helper()
		if err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		}); err != nil {
			h.t.Fatal(err)
		}
	}
	wish := func(q string) string {
		h.t.Helper()
		x, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM signin_lost WHERE `+q)
		if err != nil {
			h.t.Fatal(err)
		}
		return "/desk/lost/" + x
	}
	wishes = [2]string{wish(`state = 'waiting'`), wish(`state = 'running'`)}
	newest := func() string {
		h.t.Helper()
		h.work()
		u, err := url.Parse(h.tray.Letters()[0].Letter.Link.URL)
		if err != nil {
			h.t.Fatal(err)
		}
		return u.Path
	}
	h.visitor().Send("/sign-in/lost", "", url.Values{"email": {"person23@withus.example"}, "new": {"back@elsewhere.example"}}).Is(h.t, http.StatusOK)
	at := wish(`new_email = 'back@elsewhere.example'`)
	// It takes two, and one of them has said so.
	exec(`INSERT INTO signin_lost_event (id, lost_id, at, what, talked, why, actor_persona_id) SELECT 'first', id, $1, 'yes', $1, 'We talked.', $2
		FROM signin_lost WHERE new_email = 'back@elsewhere.example'`, time.Now(), h.acting("team2"))
	team := h.visitor().SignIn("team@withus.example", "withus-team")
	team.Send(at, "", url.Values{"what": {"yes"}, "why": {"We talked."}, "day": {time.Now().UTC().Format(time.DateOnly)}}).Is(h.t, http.StatusOK)
	stop = newest()
	exec(`UPDATE signin_lost SET due = $1 WHERE new_email = 'back@elsewhere.example'`, time.Now())
	exec(`UPDATE job_job SET due = $1 WHERE kind = 'signin.lost.link'`, time.Now())
	found = newest()
	for _, who := range []string{"team2", "organiser2"} {
		exec(`INSERT INTO signin_lost (id, owner_member_id, old_email, new_email, lang, words, state, told, asked, due, changed)
			SELECT $1, id, email, $1, 'en', '', 'running', TRUE, $2, $3, $2 FROM member_member WHERE email = $4`, who, time.Now(), time.Now().AddDate(0, 0, 5), who+"@withus.example")
	}
	return stop, found, wishes
}

// staying is where the second letter leads that asks somebody whether they stay.
func (h *house) staying() string {
	h.t.Helper()
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE member_asked SET day = $1`, time.Now().AddDate(0, -2, 0))
		return err
	})
	for _, m := range h.Rooms {
		for _, c := range m.Cron {
			if err == nil && c.Name == "member.renewals" {
				err = c.Run(h.t.Context())
			}
		}
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.work()
	u, err := url.Parse(h.tray.Letters()[0].Letter.Link.URL)
	if err != nil || !strings.HasPrefix(u.Path, "/stay/") {
		h.t.Fatalf("the newest letter leads to %s: %v", u, err)
	}
	return u.Path
}

// people are the lists of people that are here, and where the letter to somebody on
// one of them leads.
func (h *house) people() (lists []string, letter string) {
	h.t.Helper()
	ids, err := db.All(h.t.Context(), h.DB, db.Text, `SELECT id FROM arrival_list ORDER BY state DESC, id`)
	if err != nil || len(ids) != 2 {
		h.t.Fatal(ids, err)
	}
	for _, id := range ids {
		lists = append(lists, "/desk/arrivals/"+id)
	}
	h.visitor().SignIn("team@withus.example", "withus-team").Send("/desk/arrivals", "/desk/arrivals/write", nil)
	h.work()
	for _, k := range h.tray.Letters() { // to somebody of whom no yes to being here came over
		if k.Letter.To == "ember@withus.example" {
			u, err := url.Parse(k.Letter.Link.URL)
			if err != nil {
				h.t.Fatal(err)
			}
			return lists, u.Path
		}
	}
	h.t.Fatal("no letter to somebody on a list")
	return nil, ""
}

// joining is the link of somebody who wants to join, not followed yet.
func (h *house) joining() string {
	h.t.Helper()
	v := h.visitor()
	p := v.Get("/join")
	for _, said := range []url.Values{{"kind": {"member"}}, {"lived": {"yes"}}, {}, {}, {"email": {"waits@elsewhere.example"}}, {}} {
		f := p.Form(h.t, "")
		for name, values := range said {
			f[name] = values
		}
		p = v.Post(p.Path, f).Is(h.t, http.StatusOK)
	}
	h.work()
	u, err := url.Parse(h.tray.Letters()[0].Letter.Link.URL)
	if err != nil || !strings.HasPrefix(u.Path, "/join/link/") {
		h.t.Fatalf("the newest letter leads to %s: %v", u, err)
	}
	return u.Path
}

// claims lets the team invite a group that waits, and two people ask for one by
// a code to its address. One of them gives it: now the address may object.
func (h *house) claims() (letter, invited, objection string) {
	h.t.Helper()
	code := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}`)
	p := h.visitor().SignIn("team@withus.example", "withus-team").Send("/claim/the-list-kitchen/invite", "", url.Values{"how": {"letter"}})
	const at = "/claim/radio-persiana"
	newest := func() string {
		h.work()
		for _, k := range h.tray.Letters() {
			if k.Letter.To == "aire@radiopersiana.example" {
				return k.Letter.Plain()
			}
		}
		h.t.Fatal("the group got no letter")
		return ""
	}
	for _, who := range []string{"member", "supporter"} {
		v := h.visitor().SignIn(who+"@withus.example", "withus-"+who)
		v.Send(at, "", url.Values{"part": {"group"}, "words": {"I read the weather."}}).Is(h.t, http.StatusOK)
		v.Send(at, at+"/send", nil).Is(h.t, http.StatusOK)
		if who == "supporter" {
			v.Send(at+"/code", "", url.Values{"code": {code.FindString(newest())}}).Is(h.t, http.StatusOK)
		}
	}
	return p.Path, "/claims/invited/" + code.FindString(p.Text()), regexp.MustCompile(`/claims/objection/[A-Z2-7]+`).FindString(newest())
}

// axeRules are every rule axe has for WCAG 2.2 up to AAA, and its best
// practices. None is left out.
const axeRules = `{runOnly: ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false}`

// axeColours are its rules that look at colours: in the dark, nothing else is
// another than it was in the light.
const axeColours = `{runOnly: {type: "rule", values: ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]}, resultTypes: ["violations"], preload: false}`

//go:embed checks.js
var checks string

var axe = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	return string(b), err
})

// Every page and state holds what accessibility asks, in both directions of
// writing, small and wide, light and dark.
func TestPages(t *testing.T) {
	h := open(t)
	t.Run("axe", func(t *testing.T) {
		if _, err := axe(); err != nil {
			t.Skip("no axe-core here: make front brings it. The pages are looked at without it")
		}
	})
	// A group of the organiser's leaves the lists, and has an address nobody
	// can guess.
	organiser := h.visitor().SignIn("organiser@withus.example", "withus-organiser")
	hidden := organiser.Send(third+"/edit", "", url.Values{"audience": {"unlisted"}}).Path
	// A page has a history before anybody looks at it.
	organiser.Send(collective+"/edit", "", url.Values{"since": {"2010"}})
	h.visitor().Post("/sign-in", url.Values{"email": {"member@withus.example"}})
	h.work()
	link, err := url.Parse(h.tray.Letters()[0].Letter.Link.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Groups.AskOrganisers(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.work()
	asked := ""
	for _, k := range h.tray.Letters() {
		if u, err := url.Parse(k.Letter.Link.URL); err == nil && strings.HasPrefix(u.Path, "/groups-asked/") && k.Letter.To == "organiser@withus.example" {
			asked = u.Path
		}
	}
	line, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM helpnow_line WHERE state = 'failed'`)
	if err != nil {
		t.Fatal(err)
	}
	intro, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM link_intro WHERE state = 'waiting'`)
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.Groups.Suggest(t.Context(), &access.Viewer{}, strings.TrimPrefix(collective, "/groups/"), "other", "The kettle is red now.", kit.Anonymous)
	if err != nil {
		t.Fatal(err)
	}
	lists := h.lists()
	people, arrive := h.people()
	letter, invited, objection := h.claims()
	account, err := db.One(t.Context(), h.DB, db.Text, `SELECT owner_member_id FROM member_role_wish ORDER BY day LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	wish, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM member_application WHERE state = 'waiting' AND met = 'team' ORDER BY asked, id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	find, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM finding_wish WHERE state = 'waiting'`)
	if err != nil {
		t.Fatal(err)
	}
	secured := map[string]*webtest.Visitor{"en": h.secured("team2", "withus-team"), "ar": h.secured("organiser2", "withus-organiser")}
	move, undo := h.moved()
	h.rounds()
	stop, found, losts := h.losts()
	h.visitor().SignIn("team@withus.example", "withus-team").Send("/desk/kinds/group", "", url.Values{"votes": nil}).Is(t, http.StatusOK)
	all := append(states(made{paper: h.paper, copy: organiser.Send("/you/data", "/you/data/copy", nil).Path, name: "/you/names/" + h.acting("member"), account: account, stay: h.staying(), message: h.message(), move: move, undo: undo, stop: stop, found: found, lost: losts, find: "/desk/finding-out/" + find, join: h.joining(), wish: "/desk/joining/" + wish, slip: regexp.MustCompile(`/invited/[A-Z2-7]{16}`).FindString(h.visitor().SignIn("member@withus.example", "withus-member").Send("/you/invitations/new", "", url.Values{"as": {"member"}}).Body), letter: letter, invited: invited, objection: objection, link: link.Path, suggested: "/groups-suggested/" + token, asked: asked, intro: "/introductions/" + intro, hidden: hidden, line: "/help/lines/" + line, lists: lists, people: people, arrive: arrive}), firstStates()...)
	looked(t, h, all)
	fresh, cookie := openNew(t)
	answers := h.visitor().SignIn("member@withus.example", "withus-member")
	answers.Send("/you/equal", "/you/equal/begin", nil)
	for _, as := range []string{"", "member", "organiser", "team", "pending", "refused", "leaving", "asked", "lapsed", "paused", "bringing", "nomail", "secured", "new"} {
		for _, lang := range []string{"en", "ar", "es", "fr"} {
			if as == "secured" && secured[lang] == nil {
				continue // whoever signs in with a second step does so in one language
			}
			var mine []state
			for _, s := range all {
				if s.as == as {
					mine = append(mine, s)
				}
			}
			who := as
			if as == "" {
				who = "visitor"
			}
			// A half each: the visitor's pages are most of them.
			for half := range 2 {
				part := mine[half*len(mine)/2 : (half+1)*len(mine)/2]
				if len(part) == 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%d", who, lang, half+1), func(t *testing.T) {
					t.Parallel()
					at := h
					if as == "new" {
						at = fresh
					}
					b := at.tab(t)
					b.cookie("lang", lang)
					if as == "new" {
						b.cookie("first", cookie)
					} else if as == "secured" {
						for name, value := range secured[lang].Cookies {
							b.cookie(name, value)
						}
					} else if as != "" {
						b.as(as)
					}
					if as == "member" {
						b.cookie("equal", answers.Cookies["equal"])
					}
					start := time.Now()
					for _, s := range part {
						b.look(s, lang)
					}
					t.Logf("%d pages and states in %s as %s, %.1f s", len(part), lang, who, time.Since(start).Seconds())
				})
			}
		}
	}
}

// message is where one is read.
func (h *house) message() string {
	h.t.Helper()
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM member_message ORDER BY at DESC LIMIT 1`)
	if err != nil {
		h.t.Fatal(err)
	}
	return "/you/messages/" + id
}

// noPages are addresses that are asked for and are no pages of ours.
var noPages = []string{"/leave", "/healthz", "/readyz", "/groups.atom", "/groups.csv", "/groups.json", "/desk/numbers.csv", "/desk/equal.csv", "/links.csv", "/links.json", "/groups/{slug}/picture/{file}", "/name-pictures/{file}", "/group-imports/{import}/report.csv", "/you/data/copy/{token}/file", "/help/worker.js", "/sitemap.xml", "/robots.txt"}

// looked holds that every page of the house is among the states.
func looked(t *testing.T, h *house, all []state) {
	t.Helper()
	mux, missing := http.NewServeMux(), map[string]bool{}
	for _, rt := range h.Routes {
		if slices.Contains(rt.Methods, "GET") && !strings.HasPrefix(rt.Path, "/api/") && !slices.Contains(noPages, rt.Path) {
			mux.HandleFunc("GET "+rt.Path, func(http.ResponseWriter, *http.Request) {})
			missing["GET "+rt.Path] = true
		}
	}
	for _, s := range all {
		_, pattern := mux.Handler(httptest.NewRequest("GET", (&url.URL{Path: strings.SplitN(s.path, "?", 2)[0]}).String(), nil))
		delete(missing, pattern)
	}
	for pattern := range missing {
		t.Errorf("nobody looks at %s: add it to states", pattern)
	}
}

// look looks at one page in every way. In a language that runs as English does it
// looks at what words alone can do: break the small page, or say what is not so.
func (b *tab) look(s state, lang string) {
	b.t.Helper()
	if s.err {
		b.forgive(s.path)
	}
	b.size(320, 640)
	b.wish(nil)
	b.open(s.path)
	if s.then != nil {
		s.then(b)
	}
	if !eval[bool](b, `!!document.querySelector(%s) && document.documentElement.lang === %s`, s.sees, lang) {
		b.t.Fatalf("%s: no %s at %s:\n%s", s.name, s.sees, b.where(), b.text("body"))
	}
	source, err := axe()
	if err == nil {
		eval[chromedp.Void](b, source+"\n;undefined")
	}
	eval[chromedp.Void](b, checks+"\n;undefined")
	// wrong reports what a check found.
	wrong := func(how string, found []string) {
		b.t.Helper()
		for _, x := range found {
			b.t.Errorf("%s, %s, %s: %s", s.name, lang, how, x)
		}
	}
	check := func(how, what string) { b.t.Helper(); wrong(how, eval[[]string](b, `facts.`+what+`()`)) }
	if lang == "es" || lang == "fr" {
		if err == nil {
			wrong("axe, 320", b.axe(axeRules))
		}
		check("320", "sideways")
		check("320", "cut")
		b.shot(s.name, lang, 320, "light")
		return
	}
	stops := func(how string) {
		b.t.Helper()
		eval[chromedp.Void](b, `facts.begin()`)
		for n := 0; ; n++ {
			b.press(kb.Tab)
			found := eval[*[]string](b, `facts.stop()`)
			if found == nil {
				break
			}
			wrong(how, *found)
			if n > 400 {
				b.t.Fatalf("%s: Tab goes round in a circle", s.name)
			}
		}
		check(how, "missed")
	}
	for _, width := range []int{320, 1280} {
		how := fmt.Sprint(width)
		b.size(int64(width), map[int]int64{320: 640, 1280: 800}[width])
		opened := s.open[width]
		if opened != "" {
			eval[chromedp.Void](b, `document.querySelectorAll(%s).forEach((e) => e.parentElement.open = true)`, opened)
		}
		if err == nil {
			wrong("axe, "+how, b.axe(axeRules))
		}
		check(how, "sideways")
		check(how, "cut")
		check(how, "small")
		check(how, "covered")
		b.shot(s.name, lang, width, "light")
		b.wish(map[string]string{"prefers-color-scheme": "dark"})
		if err == nil {
			wrong("axe, dark, "+how, b.axe(axeColours))
		}
		b.shot(s.name, lang, width, "dark")
		// Every stop in the dark and in the light, small and wide; not each with
		// each: that would take twice as long and find nothing more.
		if width == 1280 && lang == "ar" {
			stops("dark, " + how)
		}
		b.wish(nil)
		if width == 320 && lang == "en" {
			stops(how)
		}
		if opened != "" {
			eval[chromedp.Void](b, `document.querySelectorAll(%s).forEach((e) => e.parentElement.open = false)`, opened)
		}
	}
	// A wide window at 400%.
	b.size(320, 256)
	check("at 400%", "sideways")
	check("at 400%", "cut")
	check("at 400%", "covered")
	b.size(320, 640)
	b.wish(map[string]string{"forced-colors": "active"})
	if lang == "en" { // rings are all there is to see, and know no direction
		stops("forced colours")
	}
	b.shot(s.name, lang, 320, "forced")
	b.wish(map[string]string{"prefers-reduced-motion": "reduce"})
	check("reduced motion", "moving")
	b.wish(nil)
	done := b.spaced()
	check("text spacing", "sideways")
	check("text spacing", "cut")
	b.shot(s.name, lang, 320, "spaced")
	b.size(1280, 800)
	check("text spacing, 1280", "sideways")
	check("text spacing, 1280", "cut")
	done()
}

// axe says what axe finds.
func (b *tab) axe(rules string) []string {
	b.t.Helper()
	return eval[[]string](b, `axe.run(document, `+rules+`).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`)
}

// spaced spaces letters, words, lines and paragraphs as a reader may (WCAG
// 1.4.12), from outside: the page itself allows no styles but its own. What it
// gives takes that back.
func (b *tab) spaced() func() {
	b.t.Helper()
	tree := call(b, page.GetFrameTree, cdp.Empty{})
	sheet := call(b, css.CreateStyleSheet, css.CreateStyleSheetParams{FrameID: tree.FrameTree.Frame.ID}).StyleSheetID
	set := func(text string) {
		b.t.Helper()
		call(b, css.SetStyleSheetText, css.SetStyleSheetTextParams{StyleSheetID: sheet, Text: text})
	}
	set(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }`)
	if got := eval[string](b, `getComputedStyle(document.querySelector("main h1, main h2")).letterSpacing`); got == "normal" || got == "0px" {
		b.t.Fatalf("the reader's own styles do not arrive: %q", got)
	}
	return func() { b.t.Helper(); set("") }
}

// shot saves a picture of the whole page, where somebody wants to look at it.
func (b *tab) shot(name, lang string, width int, scheme string) {
	b.t.Helper()
	dir := folder(b.t, "WITHUS_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	eval[chromedp.Void](b, `scrollTo(0, 0)`)
	p, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.Join([]string{name, lang, fmt.Sprint(width), scheme}, "-")+".png"), p, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}
