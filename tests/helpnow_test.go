package tests

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"withus.example/app"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/mail"
	"withus.example/platform/web/webtest"
)

// lineOf is the id of a help line, by its number.
func (h *house) lineOf(number string) string {
	h.t.Helper()
	id, err := db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM helpnow_line WHERE number = $1`, number)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// enterLine enters a help line as somebody of the team, and gives its path.
func (h *house) enterLine(v *webtest.Visitor, fields url.Values) string {
	h.t.Helper()
	p := v.Send("/help/lines/new", "", fields)
	path, ok := strings.CutSuffix(p.Path, "/tried")
	if !ok {
		h.t.Fatalf("entering a line led to %s, status %d\n%s", p.Path, p.Status, p.Text())
	}
	return path
}

// A line is entered by one of the team and tried by another; then everybody
// sees it, before any sign-in, also from what is kept. When something is wrong
// it is gone from there at the next request.
func TestHelpLine(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		visitor, team := h.visitor(), h.as("team")
		second := h.visitor().SignIn("team2@withus.example", "withus-team")
		const number, name = "000 000 020", "Quindlewax Line"
		everywhere := func(see bool) {
			t.Helper()
			for _, path := range []string{"/help/IE", "/help/IE?kind=call", "/api/v1/help/IE"} {
				for range 3 { // the second and third from what is kept
					p := visitor.Get(path)
					if got := strings.Contains(p.Body, number); got != see {
						t.Errorf("%s shows the line: %v, want %v", path, got, see)
					}
				}
			}
			if got := strings.Contains(visitor.Get("/help").Body, `value="IE"`); got != see {
				t.Errorf("the list of countries has Ireland: %v, want %v", got, see)
			}
			if got := strings.Contains(visitor.Get("/api/v1/help").Body, `"IE"`); got != see {
				t.Errorf("the API's list of countries has Ireland: %v, want %v", got, see)
			}
		}
		everywhere(false)
		visitor.Get("/help/IE").Is(t, http.StatusOK).Shows(t, "Ireland", "We have no line here", "Somebody you trust", "may send police")
		path := h.enterLine(team, url.Values{"country": {"IE"}, "name": {name}, "number": {number}, "languages": {"English, Irish"}, "hours": {"Evenings"}})
		everywhere(false)
		second.Send(path+"/tried", "", url.Values{"works": {"yes"}}).Is(t, http.StatusOK).Shows(t, "Everybody sees the line")
		everywhere(true)
		visitor.Get("/help/IE").Shows(t, name, "Call", "Evenings", "English, Irish", "Not known. We could not find out, so they might.", "The network tried this line on").
			Hides(t, "Last tried", "Entered by", "/help/lines")
		team.Get("/help/lines").Shows(t, name, "Last tried on", " by ", "Shown to everybody")
		second.Send(path+"/tried", "", url.Values{"works": {"no"}, "trouble": {"Nobody answers."}}).Shows(t, "The line is hidden")
		everywhere(false)
		team.Get("/help/lines").Shows(t, "Something was wrong", "Nobody answers.")
		team.Send(path+"/tried", "", url.Values{"works": {"yes"}}).Is(t, http.StatusOK)
		everywhere(true)
		team.Get("/help/lines").Shows(t, "Entered and tried by one person.")
		// Another number was never tried, and going back to the first leads to
		// one that was.
		team.Send(path+"/edit", "", url.Values{"number": {"000 000 021"}}).Shows(t, "hidden until somebody tries it")
		everywhere(false)
		team.Send(path+"/history", path+"/restore", url.Values{"revision": {"1"}}).Is(t, http.StatusOK)
		everywhere(false)
		second.Send(path+"/tried", "", url.Values{"works": {"yes"}}).Is(t, http.StatusOK)
		everywhere(true)
	})
}

// What people type is there again when something is wrong with it.
func TestHelpLineWrong(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		p := team.Send("/help/lines/new", "", url.Values{"name": {""}, "number": {"call us"}, "languages": {"English, Elvish"}, "about": {"For anybody."}, "traces": {"yes"}})
		p.Is(t, http.StatusUnprocessableEntity).Shows(t, "at least two digits", "Elvish", "For anybody.")
		if f := p.Form(t, ""); f.Get("traces") != "yes" || f.Get("languages") != "English, Elvish" || f.Get("number") != "call us" {
			t.Errorf("%v", f)
		}
		// Two of the team have one line before them; one of them is first.
		page := "/help/lines/" + h.lineOf("01632 960 999")
		one, two := team.Get(page+"/tried").Form(t, ""), team.Get(page+"/edit").Form(t, "")
		team.Send(page+"/edit", "", url.Values{"number": {"01632 960 998"}}).Is(t, http.StatusOK)
		one.Set("works", "no")
		one.Set("trouble", "Rings and rings.")
		p = team.Post(page+"/tried", one).Is(t, http.StatusConflict).Shows(t, "Somebody else changed this line", "Rings and rings.", "01632 960 998")
		if p = team.Post(page+"/tried", withChoice(p.Form(t, ""), "works", "no")); p.Path != "/help/lines" {
			t.Errorf("said once more, it led to %s", p.Path)
		}
		two.Set("hours", "Mornings")
		team.Post(page+"/edit", two).Is(t, http.StatusConflict).Shows(t, "Somebody else changed this line")
		none := team.Get(page+"/tried").Form(t, "")
		team.Post(page+"/tried", none).Is(t, http.StatusUnprocessableEntity).Shows(t, "Say whether it works")
	})
}

func withChoice(f url.Values, name, value string) url.Values {
	f.Set(name, value)
	return f
}

// Choosing a country: none is looked for, and none is refused.
func TestHelpChoice(t *testing.T) {
	h := one(t)
	v := h.visitor()
	for path, want := range map[string]string{
		"/help?country=GB": "/help/GB", "/help?country=other": "/help/other", "/help/gb": "/help/GB", "/help?country=": "/help?country=", "/help?country=lines": "/help?country=lines",
	} {
		if p := v.Get(path); p.Status != http.StatusOK && p.Status != http.StatusSeeOther {
			t.Errorf("%s: status %d", path, p.Status)
		}
		p := v.Do(http.MethodGet, path, nil, "")
		if to := p.Header.Get("Location"); to != want && !(to == "" && path == want) {
			t.Errorf("%s led to %q, want %s", path, to, want)
		}
	}
	for _, path := range []string{"/help/ZZ", "/help/nowhere", "/api/v1/help/ZZ"} {
		v.Get(path).Is(t, http.StatusNotFound)
	}
	for lang, words := range map[string][]string{
		"en": {"United Kingdom", "Could they send police"}, "es": {"Reino Unido", "¿Pueden enviar a la policía"},
		"fr": {"Royaume-Uni", "Peuvent-ils envoyer la police"}, "ar": {"المملكة المتحدة", "هل قد يرسلون الشرطة"},
	} {
		v.Get("/help?lang="+lang).Shows(t, words[0])
		v.Get("/help/GB?lang="+lang).Shows(t, words[0], words[1], "+44 (0)1632 960003")
	}
	p := v.Get("/help/GB?lang=en")
	for _, want := range []string{`href="tel:+441632960001"`, `href="tel:+441632960003"`, `href="sms:01632960002"`, `href="https://chat.withus.example/northmoor"`} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the page of Britain has no %s", want)
		}
	}
	for _, path := range []string{"/", "/groups", "/sign-in", "/help/GB", "/no-such-page"} {
		if p := v.Get(path); strings.Count(p.Body, `href="/help"`) < 3 {
			t.Errorf("%s leads to help %d times: it should in the head, the menu and the foot", path, strings.Count(p.Body, `href="/help"`))
		}
	}
	var out struct {
		Lines []map[string]any `json:"lines"`
	}
	if err := json.Unmarshal([]byte(v.Get("/api/v1/help/GB").Body), &out); err != nil || len(out.Lines) != 4 {
		t.Fatalf("%d lines: %v", len(out.Lines), err)
	}
	for _, never := range []string{"state", "trouble", "same", "tries", "entered", "triedBy", "revision"} {
		if _, has := out.Lines[0][never]; has {
			t.Errorf("the API tells %s", never)
		}
	}
}

// Nobody but the team comes across a line that waits or failed, who tried any,
// or what they said of it: wherever they look, in any language, kept or not.
func TestHelpCanary(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		team := s.who["team"]
		hidden := map[string]string{"waiting": "000 000 031", "failed": "000 000 032", "changed": "000 000 033"}
		for _, what := range []string{"waiting", "failed", "changed"} {
			path := h.enterLine(team, url.Values{"country": {"GB"}, "region": {"Region " + what + "vonk"}, "name": {"Splodgewick " + what}, "number": {hidden[what]}})
			if what != "waiting" {
				team.Send(path+"/tried", "", url.Values{"works": {"yes"}}).Is(t, http.StatusOK)
				h.visitor().Get("/help/GB").Shows(t, hidden[what]) // now it is kept
			}
			switch what {
			case "failed":
				team.Send(path+"/tried", "", url.Values{"works": {"no"}, "trouble": {"Grumblethwaite answered."}}).Is(t, http.StatusOK)
			case "changed":
				team.Send(path+"/edit", "", url.Values{"number": {"000 000 034"}}).Is(t, http.StatusOK)
			}
		}
		words := []string{"splodgewick", "vonk", "grumblethwaite", "000 000 034", "000000034"}
		for _, n := range hidden {
			words = append(words, n, strings.ReplaceAll(n, " ", ""))
		}
		for _, what := range []string{"waiting", "failed"} {
			words = append(words, h.lineOf(hidden[what]))
		}
		for _, viewer := range []string{"member", "moderator", "organiser", "erased", "visitor"} {
			for _, lang := range []string{"en", "ar"} {
				v := s.who[viewer]
				v.Cookies["lang"] = lang
				met := 0
				for path, p := range s.crawl(v) {
					all := strings.ToLower(p.Body + html.UnescapeString(p.Body))
					for _, w := range words {
						if strings.Contains(all, w) && path != "/help/lines/"+s.lineID {
							t.Errorf("%s as %s gives away %q", path, viewer, w)
						}
					}
					if strings.Contains(all, "+441632960001") {
						met++
					}
				}
				if met == 0 {
					t.Errorf("%s never met a line: this test sees nothing", viewer)
				}
			}
		}
		met := false
		team.Cookies["lang"] = "en"
		for _, p := range s.crawl(team) {
			met = met || strings.Contains(p.Body, "Splodgewick waiting")
		}
		if !met {
			t.Error("the team never met what is hidden")
		}
	})
}

// A new network has no lines. The team is told, and how to begin; visitors are
// told where one can turn.
func TestHelpEmpty(t *testing.T) {
	empty := dbtest.Template{Name: "empty", Make: func(ctx context.Context, at dbtest.Place) error {
		a, err := app.Open(ctx, options(at, &mail.Tray{}))
		if err != nil {
			return err
		}
		return a.Close()
	}}
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		h := open(t, at)
		for range 2 {
			h.visitor().Get("/help").Is(t, http.StatusOK).Shows(t, "Help now", "Somebody you trust").Hides(t, "<select", "has entered no help lines")
		}
		h.visitor().Get("/").Is(t, http.StatusOK).Hides(t, "Need someone now")
		h.visitor().Get("/help/GB").Is(t, http.StatusOK).Shows(t, "We have no line here", "may send police")
		if n := h.count(`SELECT count(*) FROM helpnow_line`); n != 0 {
			t.Errorf("a new network has %d lines", n)
		}
		// A team of one enters the first line and tries it, too.
		if _, _, err := h.AddMember(t.Context(), "first@withus.example", "Imani", "team", "en"); err != nil {
			t.Fatal(err)
		}
		team := h.byLink("first@withus.example")
		for _, path := range []string{"/help", "/help/lines", "/desk"} {
			if p := team.Get(path).Shows(t, "has entered no help lines yet"); !strings.Contains(p.Body, `href="/help/lines/new"`) {
				t.Errorf("%s does not lead to a form for the first line", path)
			}
		}
		path := h.enterLine(team, url.Values{"country": {"IE"}, "name": {"The first"}, "number": {"000 000 001"}})
		team.Send(path+"/tried", "", url.Values{"works": {"yes"}}).Is(t, http.StatusOK).Shows(t, "Entered and tried by one person.")
		h.visitor().Get("/help/IE").Shows(t, "The first").Hides(t, "Imani")
		h.visitor().Get("/").Shows(t, "Need someone now")
	})
}

// The desk's part of the room: what waits, and what is overdue.
func TestHelpDesk(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.as("team").Get("/desk").Shows(t, "Help lines", "2 lines to try", "Example line: Not Tried Yet", "Example line: Switchboard of Our Own").Hides(t, "Night Owls", "Rings and Rings")
		h.as("member").Get("/you").Hides(t, "Help lines", "Example line")
		for _, m := range h.Rooms {
			if m.Name == "helpnow" && m.Desk == nil {
				t.Error("the desk gets nothing of it")
			}
		}
	})
}
