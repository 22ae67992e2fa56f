package finding

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/kit"
)

// What is asked is asked in whole: who, where, on which ground, why; and a danger
// comes with a day, which is not too far off.
func TestAskValidate(t *testing.T) {
	now := time.Date(2027, 3, 14, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		change func(a *Ask)
		wrong  string // the fields, "" if nothing is
	}{
		{"all of it", func(a *Ask) {}, ""},
		{"nothing", func(a *Ask) { *a = Ask{} }, "words place name ground reason"},
		{"another ground", func(a *Ask) { a.Ground = "anger" }, "ground"},
		{"a word as the reason", func(a *Ask) { a.Reason = "spam" }, "reason"},
		{"a danger without a day", func(a *Ask) { a.Danger = "He would come." }, "day"},
		{"a day without a danger", func(a *Ask) { a.Day = "2027-03-20" }, "danger"},
		{"a danger for today", func(a *Ask) { a.Danger, a.Day = "He would come.", "2027-03-14" }, "day"},
		{"a danger until tomorrow", func(a *Ask) { a.Danger, a.Day = "He would come.", "2027-03-15" }, ""},
		{"a danger for 180 days", func(a *Ask) { a.Danger, a.Day = "He would come.", "2027-09-10" }, ""},
		{"a danger for 181 days", func(a *Ask) { a.Danger, a.Day = "He would come.", "2027-09-11" }, "day"},
		{"a day that is none", func(a *Ask) { a.Danger, a.Day = "He would come.", "2027-02-30" }, "day"},
		{"too much", func(a *Ask) { a.Words = strings.Repeat("x", maxWords+1) }, "words"},
	} {
		a := ask("zoe")
		c.change(&a)
		_, err := a.validate(now)
		var wrong []string
		if err != nil {
			for _, p := range fault.Of(err).Problems {
				wrong = append(wrong, p.Field)
			}
		}
		if got := strings.Join(wrong, " "); got != c.wrong {
			t.Errorf("%s: wrong is %q, not %q", c.name, got, c.wrong)
		}
	}
}

// How often it happened is not said of the few.
func TestOften(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 0, 9: 0, 10: 10, 14: 10, 15: 15} {
		if got := often(n); got != want {
			t.Errorf("of %d it says %d", n, got)
		}
	}
}

// Two agree: those two see whose account it is, for a week, each time written
// down; nobody else does. The person is told at once.
func TestFound(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		wish := h.asks("zoe")
		for _, who := range []string{"mo", "bea", "tam"} {
			if _, err := h.Who(ctx, h.as(who), wish); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s sees it before a second one agreed: %v", who, err)
			}
		}
		h.tells()
		if h.knows("zoe") != 0 || len(h.street.sent) != 0 {
			t.Error("the person is told of what is not found")
		}
		h.must(h.decides("bea", wish, yes))
		if x := h.wish(wish); x.State != Found || x.Second != "p-bea" || x.Held || !x.Told.Equal(x.Changed) {
			t.Errorf("it is %+v", x)
		}
		for _, who := range []string{"mo", "bea", "other"} { // mo acts under another name by now
			if email, err := h.Who(ctx, h.as(who), wish); err != nil || email != "zoe@elsewhere.example" {
				t.Errorf("%s sees %q, %v", who, email, err)
			}
		}
		if email, err := h.Who(ctx, h.as("tam"), wish); !fault.Is(err, fault.NotFound) || email != "" {
			t.Errorf("a third one sees %q, %v", email, err)
		}
		gone := h.as("mo")
		gone.Role = access.Member
		if email, err := h.Who(ctx, gone, wish); !fault.Is(err, fault.Denied) || email != "" {
			t.Errorf("who has lost the role sees %q, %v", email, err)
		}
		if want := []string{"mo finding.looked zoe", "bea finding.looked zoe", "mo finding.looked zoe"}; !slices.Equal(h.street.looked, want) {
			t.Errorf("looks are %q", h.street.looked)
		}
		h.tells()
		if h.knows("zoe") != 1 || !slices.Equal(h.street.sent, []string{"p-zoe"}) {
			t.Errorf("the person knows %d, letters %q", h.knows("zoe"), h.street.sent)
		}
		all, days, err := h.Told(ctx, h.as("zoe"))
		if err != nil || len(days[wish]) != 1 || all[0].Reason == "" {
			t.Errorf("they read %+v, %v, %v", all, days, err)
		}
		h.at = h.at.Add(seenFor - time.Second)
		if _, err := h.Who(ctx, h.as("mo"), wish); err != nil {
			t.Errorf("within the week: %v", err)
		}
		h.at = h.at.Add(time.Second)
		for _, who := range []string{"mo", "bea"} {
			if email, err := h.Who(ctx, h.as(who), wish); !fault.Is(err, fault.NotFound) || email != "" {
				t.Errorf("after a week %s sees %q, %v", who, email, err)
			}
		}
		h.tells()
		if len(h.street.sent) != 1 {
			t.Errorf("they are told %d times", len(h.street.sent))
		}
	})
}

// Neither one alone, nor one under two names, nor whoever does not look after the
// network.
func TestTwo(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		wish := h.asks("zoe")
		h.is(h.decides("mo", wish, yes), fault.Denied)
		h.is(h.decides("other", wish, yes), fault.Denied)
		h.is(h.decides("zoe", wish, yes), fault.Denied)
		h.is(h.decides("bea", "nothing", yes), fault.NotFound)
		for _, v := range []*access.Viewer{{}, h.as("zoe"), {Member: "bea", Persona: "p-bea", Role: access.Paused}} {
			_, err1 := h.Ask(ctx, v, ask("zoe"))
			_, _, err2 := h.Wishes(ctx, v, "")
			_, err3 := h.Wish(ctx, v, wish)
			_, err4 := h.Who(ctx, v, wish)
			for _, err := range []error{err1, err2, err3, err4, h.Publish(ctx, v, nil)} {
				h.is(err, fault.Denied)
			}
		}
		h.is(h.Publish(ctx, h.as("bea"), nil), fault.Denied)
		if x := h.wish(wish); x.State != Waiting || x.Second != "" {
			t.Errorf("it is %+v", x)
		}
	})
}

// Whoever is asked about under another name of theirs meets nothing: they neither
// decide nor read what danger there is. To others it looks like any other.
func TestAboutOneself(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		for _, name := range []string{"mo", "Other"} {
			_, err := h.Ask(ctx, h.as("mo"), ask(name))
			h.is(err, fault.Invalid)
		}
		wish := h.dangerous("bea", 30)
		_, err := h.Wish(ctx, h.as("bea"), wish)
		h.is(err, fault.NotFound)
		h.is(h.decides("bea", wish, Answer{What: agree, Words: "It is fine.", Danger: "no"}), fault.NotFound)
		for who, want := range map[string]int{"bea": 0, "mo": 1, "tam": 1} {
			if all, _, err := h.Wishes(ctx, h.as(who), ""); err != nil || len(all) != want {
				t.Errorf("%s sees %d, %v", who, len(all), err)
			}
			c, err := h.counts.Get(ctx, h.db)
			h.must(err)
			if n := c.waiting[who]; n != 1-want {
				t.Errorf("of those that wait, %d are about %s", n, who)
			}
		}
		h.must(h.decides("tam", wish, Answer{What: agree, Words: "I see it too.", Danger: "yes"}))
		if _, err := h.Wish(ctx, h.as("bea"), wish); !fault.Is(err, fault.NotFound) || h.knows("bea") != 0 {
			t.Errorf("they see it before their day: %v", err)
		}
	})
}

// Nothing is said about an account before two agreed; and then the same of a name
// nobody goes by, of one that only looks like it, of somebody erased meanwhile and
// of somebody who was here before the ground was published.
func TestNobody(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		old := h.street.owners["p-zoe"]
		old.Since = h.at.AddDate(-2, 0, 0)
		h.street.owners["p-old"], h.street.called["old"] = Owner{Member: "old", Since: old.Since}, "p-old"
		h.comes("left", false)
		wishes := map[string]string{}
		for _, name := range []string{"nowhere", "zoё", "old", "left", "zoe"} {
			wishes[name] = h.asks(name)
		}
		read := func(name string) string {
			x, err := h.Wish(ctx, h.as("bea"), wishes[name])
			h.must(err)
			x.ID, x.Name, x.about = "", "", ""
			b, err := json.Marshal(x)
			h.must(err)
			return string(b)
		}
		for name := range wishes {
			if read(name) != read("zoe") {
				t.Errorf("before: %s reads otherwise", name)
			}
		}
		h.goes("left")
		for name, wish := range wishes {
			h.must(h.decides("bea", wish, yes))
			want := Nobody
			if name == "zoe" {
				want = Found
			}
			if x := h.wish(wish); x.State != want || want == Nobody && happened(x.Told) {
				t.Errorf("%s: %+v", name, x)
			}
			if _, err := h.Who(ctx, h.as("mo"), wish); (err == nil) != (want == Found) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name := range wishes {
			if name != "zoe" && read(name) != read("nowhere") {
				t.Errorf("after: %s reads otherwise", name)
			}
		}
		h.tells()
		if !slices.Equal(h.street.sent, []string{"p-zoe"}) {
			t.Errorf("letters go to %q", h.street.sent)
		}
	})
}

// A ground counts for those who came after it was published: not before, not
// while it is off, and anew when it comes back.
func TestGrounds(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		all, err := h.Grounds(ctx, h.db)
		if err != nil || len(all) != 3 || all[0].Key != "life" || !all[0].On() || !all[1].On() || !all[2].On() || time.Since(all[0].Since).Abs() > 24*time.Hour {
			t.Fatalf("a new network has %+v, %v", all, err)
		}
		began := all[1].Since
		waits := h.asks("zoe")
		h.at = h.at.AddDate(0, 0, 1)
		h.must(h.Publish(ctx, h.as("tam"), []string{"life"}))
		_, err = h.Ask(ctx, h.as("mo"), ask("zoe"))
		h.is(err, fault.Conflict)
		h.is(h.decides("bea", waits, yes), fault.Conflict)
		h.at = h.at.AddDate(0, 0, 1)
		h.must(h.Publish(ctx, h.as("tam"), []string{"life", "threat"}))
		h.must(h.Publish(ctx, h.as("tam"), []string{"life", "threat"})) // twice is once
		if all, err = h.Grounds(ctx, h.db); err != nil || !all[1].Since.After(began) || all[0].Since.After(h.at.AddDate(0, 0, -1)) || all[2].On() {
			t.Errorf("%+v, %v", all, err)
		}
		h.must(h.decides("bea", waits, yes))
		if x := h.wish(waits); x.State != Nobody {
			t.Errorf("somebody who came before is found: %+v", x)
		}
		h.at = h.at.Add(time.Minute)
		h.comes("new", false)
		wish := h.asks("new")
		h.must(h.decides("bea", wish, yes))
		if x := h.wish(wish); x.State != Found {
			t.Errorf("somebody who came after is %s", x.State)
		}
		h.is(h.Publish(ctx, h.as("tam"), []string{"anger"}), fault.Invalid)
	})
}

// The second one says no: nobody sees anything, and the person is told nothing.
func TestRefused(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		wish := h.dangerous("zoe", 10)
		h.is(h.decides("bea", wish, Answer{What: disagree}), fault.Invalid)
		h.is(h.decides("bea", wish, Answer{What: "perhaps", Words: "Hm."}), fault.Invalid)
		h.must(h.decides("bea", wish, Answer{What: disagree, Words: "This is no threat."}))
		h.is(h.decides("tam", wish, Answer{What: agree, Words: "It is.", Danger: "yes"}), fault.Conflict)
		if _, err := h.Who(t.Context(), h.as("mo"), wish); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		h.at = h.at.AddDate(0, 0, 11)
		h.tells()
		if h.knows("zoe") != 0 || len(h.street.sent) != 0 || h.wish(wish).State != Refused {
			t.Errorf("they know %d, letters %q", h.knows("zoe"), h.street.sent)
		}
	})
}

// A danger that the second one confirms holds the telling back, until its day and
// no longer; one they don't confirm does not.
func TestDanger(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		danger := func(is string) Answer { return Answer{What: agree, Words: "I read it.", Danger: is} }
		wish := h.dangerous("zoe", 30)
		h.is(h.decides("bea", wish, danger("")), fault.Invalid)
		h.must(h.decides("bea", wish, danger("yes")))
		if _, err := h.Who(ctx, h.as("mo"), wish); err != nil || len(h.street.looked) != 0 {
			t.Errorf("%v; their own page would tell them: %q", err, h.street.looked)
		}
		sub := kit.Subject{Member: "zoe", Personas: []string{"p-zoe"}}
		held := func() (n int) {
			all, err := h.export(ctx, sub)
			h.must(err)
			for _, x := range all {
				n += len(x.Lines)
			}
			return n
		}
		h.tells()
		h.at = h.at.AddDate(0, 0, 29)
		h.tells()
		if h.knows("zoe") != 0 || len(h.street.sent) != 0 || held() != 0 {
			t.Errorf("before their day they know %d, letters %q, copy %d", h.knows("zoe"), h.street.sent, held())
		}
		h.at = h.at.AddDate(0, 0, 1)
		h.tells()
		h.tells()
		if h.knows("zoe") != 1 || len(h.street.sent) != 1 || held() != 2 {
			t.Errorf("on their day they know %d, letters %q, copy %d", h.knows("zoe"), h.street.sent, held())
		}
		wish = h.dangerous("zoe", 30)
		h.must(h.decides("bea", wish, danger("no")))
		if x := h.wish(wish); x.Held || !happened(x.Told) || h.knows("zoe") != 2 {
			t.Errorf("not confirmed: %+v", x)
		}
		wish = h.dangerous("zoe", 2)
		h.at = h.at.AddDate(0, 0, 3)
		h.must(h.decides("bea", wish, danger("yes")))
		if x := h.wish(wish); x.Held || !happened(x.Told) {
			t.Errorf("its day was over before: %+v", x)
		}
	})
}

// Whoever asked has to look after the network still, and not to wait too long.
func TestMeanwhile(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		wish := h.asks("zoe")
		was := h.street.owners["p-mo"]
		h.street.owners["p-mo"] = Owner{Member: "mo", Since: was.Since}
		h.is(h.decides("bea", wish, yes), fault.Conflict)
		h.goes("mo")
		h.is(h.decides("bea", wish, yes), fault.Conflict)
		h.street.owners["p-mo"] = was
		h.at = h.at.Add(waitFor)
		h.is(h.decides("bea", wish, yes), fault.Conflict)
		h.tells()
		if x := h.wish(wish); x.State != Lapsed {
			t.Errorf("after 14 days it is %s", x.State)
		}
		h.is(h.decides("bea", wish, yes), fault.Conflict)
	})
}

// Several second ones at once are one.
func TestAtOnce(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		wish := h.asks("zoe")
		var wg sync.WaitGroup
		var mu sync.Mutex
		did := 0
		for _, who := range []string{"bea", "tam", "bea", "tam"} {
			wg.Go(func() {
				err := h.decides(who, wish, yes)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					did++
				} else if !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		h.tells()
		if did != 1 || len(h.street.sent) != 1 {
			t.Errorf("%d decided, letters %q", did, h.street.sent)
		}
	})
}

// What was decided stays for three years, what was not for one.
func TestDrop(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		found, refused := h.asks("zoe"), h.asks("zoe")
		h.must(h.decides("bea", found, yes))
		h.must(h.decides("bea", refused, Answer{What: disagree, Words: "No."}))
		_, err := h.Who(t.Context(), h.as("mo"), found)
		h.must(err)
		left := func() string {
			all, err := db.All(t.Context(), h.db, db.Text, `SELECT state FROM finding_wish ORDER BY state`)
			h.must(err)
			return strings.Join(all, " ")
		}
		began := h.at
		for _, x := range []struct {
			after time.Duration
			want  string
		}{{askedFor - time.Hour, "found refused"}, {askedFor, "found"}, {foundFor - time.Hour, "found"}, {foundFor, ""}} {
			h.at = began.Add(x.after)
			h.must(h.Settle(t.Context()))
			if got := left(); got != x.want {
				t.Errorf("after %v there is %q", x.after, got)
			}
		}
		if n, err := db.All(t.Context(), h.db, readDay, `SELECT day FROM finding_look`); err != nil || len(n) != 0 {
			t.Errorf("%d looks are left, %v", len(n), err)
		}
	})
}

func readDay(scan db.Scan) (day time.Time, err error) {
	err = scan(&day)
	return day, err
}

// Erased, the person takes the words along, and that it was them; one of the two
// leaves what they did, and nobody it leads to. A retired name is found as before.
func TestErase(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		wish, waits := h.dangerous("zoe", 30), h.asks("zoe")
		h.must(h.decides("bea", wish, Answer{What: agree, Words: "I read it.", Danger: "yes"}))
		erase := func(who string) {
			h.must(h.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return h.erase(ctx, tx, kit.Subject{Member: who, Personas: []string{"p-" + who}})
			}))
		}
		erase("zoe")
		h.goes("zoe")
		for _, id := range []string{wish, waits} {
			if x := h.wish(id); x.about+x.Name+x.Words+x.Place+x.Reason+x.Danger+x.Answer != "" {
				t.Errorf("it still says %+v", x)
			}
		}
		if h.wish(wish).State != Found || h.wish(waits).State != Nobody {
			t.Errorf("%s, %s", h.wish(wish).State, h.wish(waits).State)
		}
		if _, err := h.Who(ctx, h.as("mo"), wish); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody erased is seen: %v", err)
		}
		h.at = h.at.AddDate(0, 0, 31)
		h.tells()
		if len(h.street.sent) != 0 {
			t.Errorf("letters go to %q", h.street.sent)
		}
		h.comes("ann", false)
		wish, waits = h.asks("ann"), h.asks("ann")
		h.must(h.decides("bea", wish, yes))
		erase("bea")
		erase("mo")
		if x := h.wish(wish); x.Asker+x.Second != "" || x.Reason == "" || x.State != Found {
			t.Errorf("%+v", x)
		}
		if x := h.wish(waits); x.State != Lapsed {
			t.Errorf("nobody asks any more, and it is %s", x.State)
		}
	})
}

// A copy of their own data gives each of them what is theirs.
func TestExport(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		ctx := t.Context()
		wish := h.asks("zoe")
		h.must(h.decides("bea", wish, yes))
		_, err1 := h.Who(ctx, h.as("mo"), wish)
		_, err2 := h.Who(ctx, h.as("bea"), wish)
		h.must(errors.Join(err1, err2))
		for who, want := range map[string]struct{ has, not []string }{
			"zoe": {[]string{"I know where you live.", "afraid", "about"}, []string{"I read it", "p-mo", "p-bea", "mo@"}},
			"mo":  {[]string{"afraid"}, []string{"I read it", "where you live", "zoe", "p-bea"}},
			"bea": {[]string{"I read it"}, []string{"afraid", "where you live", "zoe", "p-mo"}},
		} {
			all, err := h.export(ctx, kit.Subject{Member: who, Personas: []string{"p-" + who}})
			h.must(err)
			b, err := json.Marshal(kit.HeldJSON(all, nil))
			h.must(err)
			for _, w := range want.has {
				if !strings.Contains(string(b), w) {
					t.Errorf("%s is not given %q: %s", who, w, b)
				}
			}
			for _, w := range want.not {
				if strings.Contains(string(b), w) {
					t.Errorf("%s is given %q: %s", who, w, b)
				}
			}
			if saw := len(kit.HeldJSON(all, nil)["saw"]); (saw == 1) != (who != "zoe") {
				t.Errorf("%s looked %d times", who, saw)
			}
		}
	})
}

// So many a day, and what is filled in wrongly does not count.
func TestLimit(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		for range askLimit.Most {
			_, err := h.Ask(t.Context(), h.as("mo"), Ask{})
			h.is(err, fault.Invalid)
			h.asks("zoe")
		}
		_, err := h.Ask(t.Context(), h.as("mo"), ask("zoe"))
		h.is(err, fault.Limited)
		_, err = h.Ask(t.Context(), h.as("bea"), ask("zoe"))
		h.must(err)
		h.at = h.at.AddDate(0, 0, 2)
		h.asks("zoe")
	})
}

// The list goes on where it ended, and shows each once.
func TestList(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		for i := range mostShown + 3 {
			if i%10 == 9 { // so many a day
				h.at = h.at.AddDate(0, 0, 2)
			}
			h.asks("zoe")
		}
		seen := map[string]bool{}
		after := ""
		for _, want := range []int{mostShown, 3} {
			all, more, err := h.Wishes(t.Context(), h.as("bea"), after)
			if err != nil || len(all) != want || more != (want == mostShown) {
				t.Fatalf("%d, %v, %v", len(all), more, err)
			}
			for _, x := range all {
				seen[x.ID] = true
			}
			after = all[len(all)-1].ID
		}
		if len(seen) != mostShown+3 {
			t.Errorf("%d of them are shown", len(seen))
		}
	})
}

// After a backup was put back nothing waits: it may have been refused since. What
// was found is found.
func TestPutBack(t *testing.T) {
	run(t, func(t *testing.T, h *hall) {
		found, waits := h.asks("zoe"), h.asks("zoe")
		h.must(h.decides("bea", found, yes))
		h.must(h.PutBack(t.Context()))
		h.is(h.decides("bea", waits, yes), fault.Conflict)
		if h.wish(waits).State != Lapsed || h.wish(found).State != Found {
			t.Errorf("%s, %s", h.wish(waits).State, h.wish(found).State)
		}
		if c, err := h.counts.Get(t.Context(), h.db); err != nil || len(c.waiting) != 0 {
			t.Errorf("in memory %v waits, %v", c.waiting, err)
		}
	})
}
