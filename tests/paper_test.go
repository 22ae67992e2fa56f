package tests

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	asks     = regexp.MustCompile(`(?s)<(?:label|legend)\b[^>]*>(.*?)</(?:label|legend)>`)
	ideas    = regexp.MustCompile(`<svg class="idea" viewBox="0 0 48 48" aria-hidden="true"><path d="M[^"]+"`)
	anything = regexp.MustCompile(`<[^>]*>`)
)

// plain are the words of a piece of a page, spaces folded.
func plain(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(anything.ReplaceAllString(s, " "))), " ")
}

// Paper asks what the way in asks, of every kind, in every language: whoever
// changes a question has changed both.
func TestJoiningOnPaper(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			l := h.Server.Langs.Get(lang)
			for kind, most := range map[string]int{"member": 20, "group": 60, "supporter": 20} {
				h.exec(`DELETE FROM web_limit`)
				paper := plain(h.visitor().Get("/join/print?kind="+kind+"&lang="+lang).Is(t, http.StatusOK).Body)
				v := h.visitor()
				v.Get("/join?lang=" + lang) // is spoken from then on
				p := v.Get("/join").Is(t, http.StatusOK)
				seen := 0
				for p.Path != "/join/send" {
					if p.Path != "/join" {
						form := p.Body[strings.Index(p.Body, "<main"):strings.Index(p.Body, "</main>")]
						for _, m := range asks.FindAllStringSubmatch(form, -1) {
							// A sign-in name is chosen where it is used: not on paper that others type in.
							if w := plain(m[1]); w == plain(l.T("member.nomail")) || strings.HasPrefix(w, plain(l.T("member.login.words"))) {
								continue
							}
							if seen++; !strings.Contains(paper, plain(m[1])) {
								t.Errorf("%s in %s: paper does not ask %q, as %s does", kind, lang, plain(m[1]), p.Path)
							}
						}
						if !strings.Contains(plain(p.Body), plain(l.T("member.easy.words"))) {
							t.Errorf("%s: no easy words", p.Path)
						}
					}
					f := p.Form(t, "")
					for name, value := range map[string]string{"kind": kind, "lived": "yes", "led": "yes", "email": "pen@elsewhere.example"} {
						if p.Path == "/join" == (name == "kind") && (f.Has(name) || strings.Contains(p.Body, `name="`+name+`"`)) {
							f.Set(name, value)
						}
					}
					if p.Path == "/join/group" {
						f.Set("name", "Pencil Case")
					}
					p = v.Post(p.Path, f).Is(t, http.StatusOK)
				}
				if seen < 5 || seen > most {
					t.Errorf("%s in %s is asked %d things", kind, lang, seen)
				}
				agreed := []string{"member.membership.text", "member.paper.yes", "member.paper.after"}
				if kind != "group" {
					agreed = append(agreed, "member.counted.text")
				}
				for _, key := range agreed {
					if !strings.Contains(paper, plain(l.T(key))) {
						t.Errorf("%s in %s: paper does not say %s", kind, lang, key)
					}
				}
			}
		}
		// What nobody can join in is not printed.
		h.as("team").Send("/desk/kinds/supporter", "", url.Values{"open": nil}).Is(t, http.StatusOK)
		h.visitor().Get("/join/print?kind=supporter").Is(t, http.StatusOK).Hides(t, "As a supporter")
	})
}

// What paper asks, the team can type in, in every language: whoever changes a question
// has changed both, or says here where its answer goes.
func TestTypingInPaper(t *testing.T) {
	h := one(t)
	questions := regexp.MustCompile(`(?s)<div class="ask">.*?<strong>(.*?)</strong>`)
	boxes := regexp.MustCompile(`(?s)<div class="ask"><ul class="boxes">(.*?)</ul>`)
	elsewhere := map[string]string{ // what paper asks, by what the desk asks in its place; nothing: it stays on paper
		"member.lived":       "arrival.kind.member",
		"member.counted.ask": "member.counted.text",
		"member.paper.day":   "arrival.paper.day",
		"member.paper.sign":  "", // it need not be a name, and proves nothing here
		"member.for-team":    "", // the team has read it
		"member.for-talk":    "", // and has talked with them
	}
	h.exec(`UPDATE member_kind SET met = 'talk' WHERE kind = 'member'`)
	team := h.as("team")
	for _, lang := range []string{"en", "es", "fr", "ar"} {
		l, found := h.Server.Langs.Get(lang), 0
		desk := team.Get("/desk/arrivals/paper?lang="+lang).Is(t, http.StatusOK).Body
		asked := plain(desk[strings.Index(desk, "<main"):])
		for _, kind := range []string{"member", "supporter"} {
			paper := h.visitor().Get("/join/print?kind="+kind+"&lang="+lang).Is(t, http.StatusOK).Body
			for _, m := range slices.Concat(questions.FindAllStringSubmatch(paper, -1), boxes.FindAllStringSubmatch(paper, -1)) {
				words := plain(m[1])
				for key, to := range elsewhere {
					if words == plain(l.T(key)) {
						words = plain(l.T(to))
					}
				}
				if found++; !strings.Contains(asked, words) {
					t.Errorf("%s in %s: paper asks %q, and the desk takes no answer to it", kind, lang, words)
				}
			}
		}
		if found < 14 {
			t.Errorf("%s: paper asks %d things", lang, found)
		}
	}
}

// In easy words each thing stands by itself with a picture, in every language the
// same number of them.
func TestEasyWords(t *testing.T) {
	h := one(t)
	for _, l := range h.Server.Langs.Langs {
		p := h.visitor().Get("/join/easy?lang="+l.Code).Is(t, http.StatusOK)
		if n := len(ideas.FindAllString(p.Body, -1)); n != 28 {
			t.Errorf("%s: %d things with a picture", l.Code, n)
		}
		for _, part := range []string{"what", "join", "agree", "next", "leave", "help"} {
			said := strings.Split(l.T("member.easy."+part+".lines", "network", h.Server.Site.Name), "\n")
			if en := strings.Count(h.Server.Langs.First().T("member.easy."+part+".lines"), "\n") + 1; len(said) != en {
				t.Errorf("%s: %d lines of %s, and %d in English", l.Code, len(said), part, en)
			}
			for _, s := range said {
				for _, sentence := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".?؟:", r) }) {
					if n := len(strings.Fields(sentence)); n > 14 {
						t.Errorf("%s: %d words are too many for one easy sentence: %s", l.Code, n, sentence)
					}
				}
			}
		}
	}
}
