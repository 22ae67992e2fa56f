package tests

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/id"
	"withus.example/platform/web/webtest"
)

// canaries are words that stand nowhere else. Each is planted in every field of
// one group of the street: the first where everyone may see it, the others
// where most may not. "past" is what the public group said once, before it said
// something else; "place" is where it met before that became confidential.
var canaries = map[string]string{
	"public":   "blinkerflax",
	"members":  "qwibblemoss",
	"unlisted": "dwizzlefenk",
	"waiting":  "wubblestane",
	"free":     "gwumblewick",
	"past":     "fyzzlethorn",
	"place":    "snurkeldale",
	"intro":    "trindlefloss", // what one of the organiser's groups asked another in confidence
}

// spoken are languages nobody else in the demo speaks, so that a filter by
// language could give a group away.
var spoken = map[string]string{"public": "haw", "members": "sm", "unlisted": "to", "waiting": "fj", "free": "bi", "past": "ty"}

// maySee is what each viewer may come across while following links from where
// everyone begins.
var maySee = map[string][]string{
	"visitor":   {"public"},
	"erased":    {"public"},
	"ended":     {"public"},
	"member":    {"public", "members"},
	"supporter": {"public", "members"},
	"moderator": {"public", "members"},
	"other":     {"public", "members"},
	"team":      {"public", "members", "free"},
	"organiser": {"public", "members", "unlisted", "waiting", "intro"},
}

// sung is a group's every field with a canary in it.
func sung(word, language string) map[string]any {
	title := strings.ToUpper(word[:1]) + word[1:]
	return map[string]any{
		"name": title + " Circle", "otherNames": []string{"The " + word}, "about": "We say " + word + " to each other.", "forWords": "For " + word + "s.",
		"supportWords": "A lift to " + word + ".", "place": word + " house", "area": title, "access": "Steps up to " + word + ".", "welcome": "Ask for " + word + ".",
		"reach": "Shout " + word + ".", "email": word + "@nowhere.example", "phone": "+44 1632 960999", "country": "GB", "website": "https://" + word + ".example/", "confidential": false,
		"languages": []string{"en", language},
	}
}

// plant puts the canaries into a street.
func (s *street) plant() {
	s.t.Helper()
	for thing, word := range canaries {
		if s.slug[thing] != "" && thing != "public" {
			s.change(s.keeper(thing), s.slug[thing], sung(word, spoken[thing]))
			s.file[thing] = s.picture(s.keeper(thing), s.slug[thing], photo(""), "A "+word+" on a table")
		}
	}
	organiser := s.who["organiser"]
	for _, thing := range []string{"past", "place", "public"} {
		fields := sung(canaries[thing], spoken[thing])
		if thing == "place" {
			fields = map[string]any{"place": canaries[thing] + " house"}
		}
		s.change(organiser, s.slug["public"], fields)
	}
	s.change(organiser, s.slug["public"], map[string]any{"confidential": true})
	for _, thing := range []string{"past", "public"} {
		s.file["public"] = s.picture(organiser, s.slug["public"], photo(""), "A "+canaries[thing]+" on a table")
	}
	s.join()
	// They all have the same number: whoever may see two of them is told.
	if err := s.Groups.Liken(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	// A place that is sent along though it is confidential is not kept either.
	s.change(s.who["team"], s.slug["orphan"], map[string]any{"confidential": true, "place": canaries["place"]})
}

// join links every other group of the street with the public one, which then is
// their movement, and has one ask another for an introduction.
func (s *street) join() {
	s.t.Helper()
	ctx := s.t.Context()
	of := func(thing string) string {
		is, err := db.One(ctx, s.DB, db.Text, `SELECT id FROM group_group WHERE slug = $1`, s.slug[thing])
		if err != nil {
			s.t.Fatal(err)
		}
		return is
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed("link")
		for _, thing := range []string{"members", "unlisted", "waiting", "free"} {
			for _, kind := range []string{"part-of", "works-with"} {
				if _, err := tx.Exec(ctx, `INSERT INTO link_link (id, kind, pair, from_group, to_group, offered_by, agreed, day, offerer_persona_id, answerer_persona_id)
					VALUES ($1, $2, $3, $4, $5, $4, TRUE, $6, '', '')`, id.New(ctx), kind, thing, of(thing), of("public"), time.Now()); err != nil {
					return err
				}
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO link_intro (id, asker_group, asked_group, asker_persona_id, words, share_name, share_email, contact, asked, state, answerer_persona_id, back_words, back_email, back_contact)
			VALUES ($1, $2, $3, '', $4, FALSE, FALSE, $4, $5, 'waiting', '', '', FALSE, '')`, id.New(ctx), of("members"), of("public"), "We say "+canaries["intro"]+" to you.", time.Now())
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// What leads on from a page, and from what programs read.
var (
	links    = []string{` href="`, ` src="`, ` action="`, ` hx-get="`, `"url":"`, `"href":"`, `"path":"`}
	marks    = []string{`"next":"`, `"prev":"`}
	searchIn = regexp.MustCompile(`(?s)<form class="search".*?</form>`)
	filterIn = regexp.MustCompile(`<input type="checkbox" id="[^"]*" name="([^"]*)" value="([^"]*)"|<option id="n-([a-z]+)-[^"]*" data-n value="([^"]*)"`)
)

// quoted is what stands between each of some beginnings and the next quotation
// mark.
func quoted(body string, beginnings ...string) (out []string) {
	for _, begin := range beginnings {
		for _, rest, ok := strings.Cut(body, begin); ok; _, rest, ok = strings.Cut(rest, begin) {
			text, _, _ := strings.Cut(rest, `"`)
			out = append(out, text)
		}
	}
	return out
}

// crawl follows every link inside the house from everywhere one can begin, and
// every filter of every list.
func (s *street) crawl(v *webtest.Visitor) map[string]*webtest.Page {
	s.t.Helper()
	got := map[string]*webtest.Page{}
	var queue []string
	add := func(from, to string) {
		base, err := url.Parse(from)
		if err != nil {
			s.t.Fatal(err)
		}
		u, err := base.Parse(html.UnescapeString(to))
		if err != nil {
			s.t.Errorf("%s has a link that is none: %q", from, to)
			return
		}
		if u.Host != "" && u.Host != "127.0.0.1" || u.Scheme != "" && u.Scheme != "http" || u.Path == "/leave" || strings.HasPrefix(u.Path, "/assets/") {
			return
		}
		q := u.Query()
		q.Del("lang") // each language is walked by itself
		if strings.HasPrefix(u.Path, "/group-map/") && len(q) > 0 {
			return // narrowed, the map of the world alone is walked: the others would be thousands
		}
		path := (&url.URL{Path: u.Path, RawQuery: q.Encode()}).String()
		if _, seen := got[path]; !seen {
			got[path] = nil
			queue = append(queue, path)
		}
	}
	for _, rt := range s.Routes {
		if slices.Contains(rt.Methods, http.MethodGet) {
			add("/", s.at(rt.Path, "public"))
		}
	}
	add("/", "/api/v1/openapi.json")
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		p := v.Do(http.MethodGet, path, nil, "")
		got[path] = p
		if len(got) > 2000 {
			s.t.Fatal("there is no end to the links")
		}
		if to := p.Header.Get("Location"); to != "" {
			add(path, to)
		}
		for _, to := range quoted(p.Body, links...) {
			add(path, to)
		}
		for _, mark := range quoted(p.Body, marks...) {
			add(path, "?page="+url.QueryEscape(mark))
		}
		if !strings.Contains(path, "?") && strings.Contains(p.Body, "checkbox") {
			for _, m := range filterIn.FindAllStringSubmatch(searchIn.FindString(p.Body), -1) {
				add(path, "?"+m[1]+m[3]+"="+url.QueryEscape(html.UnescapeString(m[2]+m[4])))
			}
		}
	}
	return got
}

// everything is all an answer says: its head, its text with what is escaped
// written out, and what stands behind the marks of pages.
func everything(p *webtest.Page) string {
	var b strings.Builder
	fmt.Fprintln(&b, p.Header)
	b.WriteString(p.Body)
	b.WriteString(html.UnescapeString(p.Body))
	behind := quoted(p.Body, marks...)
	for _, to := range quoted(p.Body, links...) {
		if u, err := url.Parse(html.UnescapeString(to)); err == nil && strings.Contains(to, "page=") {
			behind = append(behind, u.Query().Get("page"))
		}
	}
	for _, mark := range behind {
		if raw, err := base64.RawURLEncoding.DecodeString(mark); err == nil {
			b.Write(raw)
		}
	}
	return strings.ToLower(b.String())
}

// givesAway are the groups an answer says something of: by a canary, by its id,
// or by its address.
func (s *street) givesAway(p *webtest.Page, ids map[string]string) (out []string) {
	all := everything(p)
	for thing, word := range canaries {
		at := false
		for _, end := range []string{`"`, "/", "?", "&", "<", " ", "\n"} {
			at = at || s.slug[thing] != "" && strings.Contains(all, "/groups/"+s.slug[thing]+end)
		}
		if strings.Contains(all, word) || at || ids[thing] != "" && strings.Contains(all, ids[thing]) {
			out = append(out, thing)
		}
	}
	return out
}

// Nobody comes across what they may not see, wherever they look.
func TestCanaries(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		s.plant()
		ids := map[string]string{}
		for thing, slug := range s.slug {
			if thing != "nothing" {
				id, err := db.One(t.Context(), h.DB, db.Text, `SELECT id FROM group_group WHERE slug = $1`, slug)
				if err != nil {
					t.Fatal(err)
				}
				ids[thing] = id
			}
		}
		for table, rows := range h.dump() {
			for _, row := range rows {
				if strings.Contains(strings.ToLower(row), canaries["place"]) {
					t.Errorf("%s still holds a place that became confidential: %.200s", table, row)
				}
			}
		}
		// Those who see most come first, so that nothing of theirs is kept for
		// those who come after.
		for _, viewer := range []string{"organiser", "team", "member", "supporter", "moderator", "other", "ended", "erased", "visitor"} {
			langs := []string{"en"}
			if viewer == "visitor" {
				langs = []string{"en", "es", "fr", "ar", "en"} // English twice: the second time from what is kept
			}
			for _, lang := range langs {
				v := s.who[viewer]
				v.Cookies["lang"] = lang
				met := map[string]map[string]bool{}
				pages := s.crawl(v)
				for path, p := range pages {
					if p.Status >= 500 {
						t.Errorf("%s: %s is answered with %d", viewer, path, p.Status)
					}
					for _, thing := range s.givesAway(p, ids) {
						if !slices.Contains(maySee[viewer], thing) {
							t.Errorf("%s as %s in %s gives away the %s one", path, viewer, lang, thing)
						}
						if met[thing] == nil {
							met[thing] = map[string]bool{}
						}
						first, _, _ := strings.Cut(path, "?")
						met[thing][first] = true
					}
				}
				s.walked(viewer, lang, pages, met)
			}
		}
		s.numbers()
		s.oracles()
	})
}

// walked sees to it that the crawl was one: it went through the lists to their
// ends, and met what it may meet wherever that is.
func (s *street) walked(viewer, lang string, pages map[string]*webtest.Page, met map[string]map[string]bool) {
	s.t.Helper()
	for _, thing := range maySee[viewer] {
		if len(met[thing]) == 0 {
			s.t.Errorf("%s in %s never met the %s group: this test sees nothing", viewer, lang, thing)
		}
	}
	for _, path := range []string{"/groups", "/groups/" + s.slug["public"], "/groups.atom", "/groups.csv", "/groups.json", "/api/v1/groups", "/api/v1/groups/" + s.slug["public"]} {
		if !met["public"][path] {
			s.t.Errorf("%s in %s did not meet the public group at %s, but at %v", viewer, lang, path, slices.Sorted(maps.Keys(met["public"])))
		}
	}
	if p := pages["/group-duplicates"]; viewer == "team" && (p == nil || !strings.Contains(strings.ToLower(p.Body), canaries["public"])) {
		s.t.Error("the team is not told of two groups with the same number: this test sees nothing")
	}
	groups := 0
	for path := range pages {
		if strings.HasPrefix(path, "/groups/") && strings.Count(path, "/") == 2 {
			groups++
		}
	}
	if n := s.count(`SELECT count(*) FROM group_group WHERE scope = 'public'`); groups < n {
		s.t.Errorf("%s in %s met %d groups of %d", viewer, lang, groups, n)
	}
}

// numbers holds what is counted against what may be seen.
func (s *street) numbers() {
	s.t.Helper()
	public := s.count(`SELECT count(*) FROM group_group WHERE scope = 'public' AND life <> 'ended'`)
	network := s.count(`SELECT count(*) FROM group_group WHERE scope IN ('public', 'network') AND life <> 'ended'`)
	for viewer, want := range map[string]int{"visitor": public, "erased": public, "member": network, "team": network, "organiser": network, "other": network} {
		var list struct {
			Total  int
			Counts map[string]map[string]int
		}
		if err := json.Unmarshal([]byte(s.who[viewer].Get("/api/v1/groups").Body), &list); err != nil {
			s.t.Fatal(err)
		}
		if list.Total != want {
			s.t.Errorf("%s is told of %d groups, and may see %d", viewer, list.Total, want)
		}
		for _, path := range []string{"/groups", "/group-map", "/groups?near=zzzzzz"} {
			s.who[viewer].Get(path).Shows(s.t, fmt.Sprintf("%d groups", want))
		}
		for thing, code := range spoken {
			if n := list.Counts["language"][code]; n > 0 && !slices.Contains(maySee[viewer], thing) {
				s.t.Errorf("the filter by language tells %s of the %s group", viewer, thing)
			}
		}
		if n := list.Counts["language"][spoken["public"]]; n != 1 {
			s.t.Errorf("%s is told of %d groups in a language one speaks", viewer, n)
		}
	}
	for viewer, want := range map[string]int{"visitor": 0, "erased": 0, "member": 1, "other": 1, "team": 2} {
		// Of the team's view it is also the one that waits at their desk.
		var out struct{ Links []struct{ Way string } }
		if err := json.Unmarshal([]byte(s.who[viewer].Get("/api/v1/links/"+s.slug["public"]).Body), &out); err != nil {
			s.t.Fatal(err)
		}
		if len(out.Links) != 2*want {
			s.t.Errorf("%s is told of %d links, and may see %d", viewer, len(out.Links), 2*want)
		}
		if page := s.who[viewer].Get("/group-web/" + s.slug["public"]); want == 0 {
			page.Shows(s.t, "has no links that you can see").Hides(s.t, "Its groups")
		} else {
			page.Shows(s.t, "Its groups", fmt.Sprintf("(%d group", want))
		}
	}
	for _, path := range []string{"/groups.csv", "/groups.json", "/groups.atom", "/links.csv", "/links.json"} {
		for _, viewer := range []string{"organiser", "team", "member"} {
			mine, theirs := s.who[viewer].Get(path), s.who["visitor"].Get(path)
			if mine.Body != theirs.Body {
				s.t.Errorf("%s is another for %s than for a visitor: it is taken away, and no right goes with it", path, viewer)
			}
		}
	}
}

// oracles asks for what is hidden by name, by the beginning of its name and by
// its language: the answer is that for a word nobody has said.
func (s *street) oracles() {
	s.t.Helper()
	const silent = "ceb"
	asked := 0
	nobody := func(n int) string { // another one each time, so that none is kept
		asked++
		w := []byte("vx")
		for n, i := n-2, asked; n > 0; n, i = n-1, i/20 {
			w = append(w, "bcdfghjklmnpqrstvwxz"[i%20])
		}
		return string(w)
	}
	for _, viewer := range []string{"visitor", "erased", "member", "moderator", "other", "team"} {
		v := s.who[viewer]
		v.Cookies["lang"] = "en"
		for thing, word := range canaries {
			if slices.Contains(maySee[viewer], thing) && thing != "free" { // what waits is in no search, whoever asks
				v.Get("/groups?q="+word).Shows(s.t, "1 group", "Circle")
				continue
			}
			for _, at := range []string{"/search?q=%s", "/groups?q=%s", "/groups?q=%s&support=emotional", "/api/v1/search?q=%s", "/api/v1/groups?q=%s"} {
				for _, n := range []int{len(word), 5} {
					ask, none := word[:n], nobody(n)
					p, q := v.Get(fmt.Sprintf(at, ask)), v.Get(fmt.Sprintf(at, none))
					if a, b := strings.ReplaceAll(p.Body, ask, "WORD"), strings.ReplaceAll(q.Body, none, "WORD"); a != b {
						s.t.Errorf("%s as %s: %q tells of the %s one:\n%s", at, viewer, ask, thing, firstDifference(a, b))
					}
					if p.Statements != q.Statements && v.Cookies["withus"] != "" {
						s.t.Errorf("%s as %s: %q takes %d statements, %q %d", at, viewer, ask, p.Statements, none, q.Statements)
					}
				}
			}
		}
		for thing, code := range spoken {
			if thing == "past" || slices.Contains(maySee[viewer], thing) && thing != "free" {
				continue
			}
			for _, at := range []string{"/groups?language=%s", "/api/v1/groups?language=%s"} {
				plain := func(code string) string {
					chosen := regexp.MustCompile(`<option value="` + code + `".*?</option>`)
					return strings.ReplaceAll(chosen.ReplaceAllString(v.Get(fmt.Sprintf(at, code)).Body, ""), "language="+code, "language=CODE")
				}
				if a, b := plain(code), plain(silent); a != b {
					s.t.Errorf("%s tells %s of the %s one:\n%s", at, viewer, thing, firstDifference(a, b))
				}
			}
		}
	}
}

// surfaces are where a public group can be seen, each with whether it is there.
func surfaces(v *webtest.Visitor, slug, word string) map[string]bool {
	out := map[string]bool{}
	for name, path := range map[string]string{
		"its page": "/groups/" + slug, "its page in Arabic": "/groups/" + slug + "?lang=ar", "the list": "/groups?q=" + word, "search": "/search?q=" + word[:6],
		"CSV": "/groups.csv", "JSON": "/groups.json", "Atom": "/groups.atom", "the first page": "/",
		"the API": "/api/v1/groups/" + slug, "the API's list": "/api/v1/groups?q=" + word, "the API's search": "/api/v1/search?q=" + word,
	} {
		p := v.Do(http.MethodGet, path, nil, "")
		out[name] = p.Status == http.StatusOK && strings.Contains(strings.ReplaceAll(p.Body, `value="`+word, ""), strings.ToUpper(word[:1])+word[1:])
	}
	delete(v.Cookies, "lang")
	return out
}

func (h *house) expect(t *testing.T, who, when string, got map[string]bool, want bool) {
	t.Helper()
	for name, is := range got {
		if is != want {
			t.Errorf("%s %s: %s: is it there? %v", who, when, name, is)
		}
	}
}

// closings are the ways in which a public group stops being public.
var closings = map[string]map[string]any{
	"members":  {"audience": "members"},
	"unlisted": {"audience": "unlisted"},
	"waiting":  {"published": false},
}

// What was public and is no more is gone from everywhere by the next request,
// from pages that were kept too.
func TestClosedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		visitor, member, organiser := h.visitor(), h.as("member"), h.as("organiser")
		for state, fields := range closings {
			slug, word := h.onFirstPage(visitor, organiser, state)
			for range 2 { // and from what is kept
				h.expect(t, "a visitor", "before it is "+state, surfaces(visitor, slug, word), true)
			}
			seen := surfaces(member, slug, word)
			delete(seen, "the first page") // shows members others than visitors
			h.expect(t, "a member", "before it is "+state, seen, true)
			now := h.change(organiser, slug, fields)
			for range 2 {
				h.expect(t, "a visitor", "after it is "+state, surfaces(visitor, slug, word), false)
			}
			for name, is := range surfaces(member, slug, word) {
				taken := name == "CSV" || name == "JSON" || name == "Atom"
				if name != "the first page" && is != (state == "members" && !taken) {
					t.Errorf("a member after it is %s: %s: is it there? %v", state, name, is)
				}
			}
			if state == "unlisted" {
				if now == slug {
					t.Error("a group that is no longer listed keeps an address that can be guessed")
				}
				visitor.Get("/groups/"+now).Is(t, http.StatusOK)
				h.expect(t, "a visitor", "by its new address", map[string]bool{"the list": surfaces(visitor, now, word)["the list"]}, false)
			}
			back := h.change(organiser, now, map[string]any{"audience": "everyone", "published": true})
			again := surfaces(visitor, back, word)
			delete(again, "the first page") // by chance, and chance goes by who is there
			h.expect(t, "a visitor", "when it is open again", again, true)
			h.change(organiser, back, map[string]any{"about": "Nothing special."})
			h.expect(t, "a visitor", "when its words were withdrawn", surfaces(visitor, back, word), false)
		}
	})
}

// onFirstPage makes the organiser one of a group that the first page shows, and
// gives it a word nobody else has: not in its name, by which chance goes.
func (h *house) onFirstPage(visitor, organiser *webtest.Visitor, state string) (slug, word string) {
	h.t.Helper()
	word = "flummer" + state
	for _, m := range regexp.MustCompile(`href="/groups/([a-z0-9-]+)"`).FindAllStringSubmatch(visitor.Get("/").Body, -1) {
		slug = m[1]
		if h.count(`SELECT count(*) FROM group_group WHERE slug = $1 AND about NOT LIKE 'Nothing%'`, slug) == 1 {
			break
		}
	}
	h.organise(slug, "organiser@withus.example")
	h.change(organiser, slug, map[string]any{"about": strings.ToUpper(word[:1]) + word[1:] + " is what we say."})
	return slug, word
}

// The same with two servers on one database: what one of them keeps is gone by
// the next request when the other closes it. On SQLite, where a second server
// is only ever a command, a moment may pass: see db.Lag.
func TestClosedAtOnceOnAllServers(t *testing.T) {
	dbtest.From(t, demo, func(t *testing.T, at dbtest.Place) {
		one, two := open(t, at), open(t, at)
		organiser, there := one.as("organiser"), two.visitor()
		for state, fields := range closings {
			slug, word := one.onFirstPage(one.visitor(), organiser, state)
			for range 2 {
				if one.DB.Dialect == db.SQLite {
					time.Sleep(2 * db.Lag)
				}
				one.expect(t, "a visitor of the other server", "before it is "+state, surfaces(there, slug, word), true)
			}
			now := one.change(organiser, slug, fields)
			if one.DB.Dialect == db.SQLite {
				time.Sleep(2 * db.Lag)
			}
			for range 2 {
				one.expect(t, "a visitor of the other server", "after it is "+state, surfaces(there, slug, word), false)
			}
			one.change(organiser, now, map[string]any{"audience": "everyone", "published": true})
		}
	})
}
