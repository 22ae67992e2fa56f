package tests

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var messageIn = regexp.MustCompile(`(?s)<textarea id="message"[^>]*>\n?(.*?)</textarea>`)

// A group's message is short, in the reader's language, holds no meeting place
// that is told in person only, and says who can open its link.
func TestMessages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.as("organiser")
		text := func(slug, lang string) string {
			m := messageIn.FindStringSubmatch(v.Get("/groups/"+slug+"?lang="+lang).Is(t, http.StatusOK).Body)
			if m == nil {
				t.Fatalf("%s has no message", slug)
			}
			return html.UnescapeString(m[1])
		}
		for lang, country := range map[string]string{"en": "United Kingdom", "es": "Reino Unido", "fr": "Royaume-Uni", "ar": "المملكة المتحدة"} {
			got := text(openDoor, lang)
			lines := strings.Split(got, "\n")
			if lines[0] != "Open Door Collective" || !strings.Contains(got, country) || lines[len(lines)-1] != "http://127.0.0.1/groups/"+openDoor+"?lang="+lang {
				t.Errorf("%s: %s", lang, got)
			}
			if n := utf8.RuneCountInString(got); n > 480 {
				t.Errorf("%s: %d characters", lang, n)
			}
			if strings.Count(got, "\u2066")+strings.Count(got, "\u2068") != strings.Count(got, "\u2069") {
				t.Errorf("%s: what is set apart does not end: %q", lang, got)
			}
			if lang == "en" && strings.ContainsAny(got, "\u2066\u2067\u2068\u2069") {
				t.Errorf("signs that cost a short message half its room: %q", got)
			}
			if lang == "ar" && !strings.Contains(got, "\u2066+44 1632 960114\u2069") {
				t.Errorf("the number can be turned round: %q", got)
			}
		}
		const place = "snurkeldale house"
		h.change(v, openDoor, map[string]any{"place": place})
		if !strings.Contains(text(openDoor, "en"), place) {
			t.Error("the place is not in it")
		}
		h.change(v, openDoor, map[string]any{"confidential": true})
		for _, p := range []string{text(openDoor, "en"), v.Get("/groups/"+openDoor+"/slip").Is(t, http.StatusOK).Body} {
			if strings.Contains(p, "snurkeldale") {
				t.Errorf("a place that is told in person stands in %s", p)
			}
		}
		slip := h.visitor().Get("/groups/"+openDoor+"/slip?lang=fr").Is(t, http.StatusOK).Shows(t, "Open Door Collective", "127.0.0.1/groups/"+openDoor)
		if strings.Count(slip.Body, `class="slip"`) != 8 {
			t.Error("there are not eight slips")
		}
		slug := h.change(v, openDoor, map[string]any{"audience": "unlisted"})
		if got := text(slug, "en"); !strings.Contains(got, "Only people who have the address can see this page") || !strings.Contains(got, "/groups/"+slug) {
			t.Errorf("unlisted: %s", got)
		}
		slug = h.change(v, slug, map[string]any{"audience": "members"})
		if got := text(slug, "es"); !strings.Contains(got, "Solo las personas que han entrado") {
			t.Errorf("for members: %s", got)
		}
		h.visitor().Get("/groups/"+slug+"/slip").Is(t, http.StatusNotFound)
	})
}
