package claim

import (
	"cmp"
	"context"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// street is the groups as the room's tests know them, by id, which is their
// address and their name too. Who organises them is in the database.
type street struct {
	mu      sync.Mutex
	groups  map[string]Group
	removed map[string][]string
	since   map[string]time.Time
	stands  map[string]string // for what was merged
	by      map[string]string
	named   []string // groups somebody named
}

func (s *street) full(ctx context.Context, q db.Querier, g Group) (Group, error) {
	hs, err := access.HoldersOf(ctx, q, []string{g.ID}, access.Organiser)
	for _, h := range hs {
		g.Organisers = append(g.Organisers, h.Persona)
	}
	g.Waits = g.Waits && len(hs) == 0
	g.Removed = slices.Clone(s.removed[g.ID])
	return g, err
}

func (s *street) Claimed(ctx context.Context, q db.Querier, ids []string) (out []Group, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if g, ok := s.groups[id]; ok {
			if g, err = s.full(ctx, q, g); err != nil {
				return nil, err
			}
			out = append(out, g)
		}
	}
	return out, nil
}

func (s *street) ClaimedAt(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Group, error) {
	gs, err := s.Claimed(ctx, q, []string{slug})
	if err != nil {
		return Group{}, err
	}
	if len(gs) == 0 || !slices.Contains(gs[0].Organisers, v.Persona) && (gs[0].Closed || gs[0].Waits && v.Role != access.Team) {
		return Group{}, fault.Missing()
	}
	return gs[0], nil
}

func (s *street) StandsFor(_ context.Context, _ db.Querier, id string) (string, error) {
	return cmp.Or(s.stands[id], id), nil
}

func (s *street) EmailSince(_ context.Context, _ db.Querier, id string) (time.Time, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since[id], s.by[id], nil
}

// HoldClaimed keeps the group by a row that stands for it.
func (s *street) HoldClaimed(ctx context.Context, tx *db.Tx, id string) (Group, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO web_limit (key, n, ends) VALUES ($1, 0, $2) ON CONFLICT (key) DO UPDATE SET n = web_limit.n + 1`, "held "+id, time.Now().AddDate(1, 0, 0)); err != nil {
		return Group{}, err
	}
	gs, err := s.Claimed(ctx, tx, []string{id})
	if err != nil || len(gs) == 0 {
		return Group{}, db.Missing(cmp.Or(err, db.ErrNone))
	}
	return gs[0], nil
}

func (s *street) Seat(ctx context.Context, tx *db.Tx, id, persona string) error {
	_, err := access.Grant(ctx, tx, persona, id, access.Organiser)
	return err
}

func (s *street) Unseat(ctx context.Context, tx *db.Tx, id, persona string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed[id] = append(s.removed[id], persona)
	_, err := access.Revoke(ctx, tx, persona, id, access.Organiser)
	return err
}

func (s *street) FindClaimed(context.Context, *access.Viewer, string) ([]Group, error) {
	return nil, nil
}

func (s *street) Propose(_ context.Context, _ *db.Tx, name, _, _ string) error {
	s.named = append(s.named, name)
	return nil
}

func (s *street) TakeOff(_ context.Context, _ *db.Tx, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.groups, id)
	return nil
}

// people call every persona by its id, and note who was written to.
type people struct {
	mu   sync.Mutex
	to   []string
	team []string // all who are on the network team
}

func (p *people) TeamAll(context.Context, db.Querier) (int, error) { return len(p.team), nil }

func (p *people) OnTeam(_ context.Context, _ db.Querier, ids []string) (n int, err error) {
	for _, who := range p.team {
		if slices.ContainsFunc(ids, func(id string) bool { return account(id) == account(who) }) {
			n++
		}
	}
	return n, nil
}

func (p *people) Names(_ context.Context, _ *access.Viewer, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = id
	}
	return out, nil
}

// Owners takes "ana, too" for another name of ana.
func (p *people) Owners(_ context.Context, _ db.Querier, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = account(id)
	}
	return out, nil
}

func (p *people) SubjectOf(_ context.Context, member string) (kit.Subject, error) {
	name := strings.TrimPrefix(member, "account of ")
	return kit.Subject{Member: member, Personas: []string{name, name + ", too"}}, nil
}

func account(persona string) string { return "account of " + strings.TrimSuffix(persona, ", too") }

func (p *people) Deliver(_ context.Context, persona string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, err := i18n.Load([]string{"en"}, i18n.Ground, locale)
	if err != nil {
		return err
	}
	p.to = append(p.to, persona+": "+write(l.Langs[0], "https://network.example").Paragraphs[0])
	return nil
}

// room is the room with its surroundings, and a clock that is set by hand.
type room struct {
	*Service
	t      *testing.T
	street *street
	people *people
	tray   *mail.Tray
	at     time.Time
	queue  *job.Queue
}

var ground = []db.Migrations{access.Ground, job.Ground, web.Ground, {Room: "claim", Files: migrations}}

// run runs a test on both engines. Of its groups bare has nobody and no address; mailed has an address; run has
// ana, and an address; waits was listed; hidden is closed; one, two and three
// have an organiser each, and both and pair have dora together.
func run(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	langs, err := i18n.Load([]string{"en"}, i18n.Ground, locale)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, ground, func(t *testing.T, d *db.DB) {
		r := &room{t: t, street: &street{groups: map[string]Group{}, removed: map[string][]string{}, since: map[string]time.Time{}, by: map[string]string{}, stands: map[string]string{}},
			people: &people{team: []string{"team", "team2"}}, tray: &mail.Tray{}, at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
		for id, g := range map[string]Group{"bare": {}, "mailed": {Email: "us@mailed.example"}, "run": {Email: "us@run.example"}, "waits": {Waits: true, Email: "us@waits.example"},
			"hidden": {Closed: true}, "one": {}, "two": {}, "three": {}, "both": {}, "pair": {}, "ended": {Ended: true}} {
			g.ID, g.Slug, g.Name = id, id, id
			r.street.groups[id] = g
		}
		r.Service = New(d, r.street, r.people, r.tray, langs, "https://network.example")
		var ticks atomic.Int64
		r.now = func() time.Time { return r.at.Add(time.Duration(ticks.Add(1)) * time.Microsecond) } // nothing happens at one moment
		r.queue = job.New(d, slog.New(slog.DiscardHandler), r.Module().Jobs, nil)
		for group, who := range map[string][]string{"run": {"ana"}, "one": {"bea"}, "two": {"cleo"}, "three": {"eve"}, "both": {"dora"}, "pair": {"dora", "fay"}, "hidden": {"hal"}} {
			for _, p := range who {
				r.write(func(ctx context.Context, tx *db.Tx) error { return r.street.Seat(ctx, tx, group, p) })
			}
		}
		fn(t, r)
		r.remembers()
	})
}

// remembers holds what the room has in memory to what the database says: after
// every verb of a test, since each begins with whoever calls it.
func (r *room) remembers() {
	r.t.Helper()
	for {
		before, err := r.db.Stamp(r.t.Context(), "claim")
		if err != nil {
			r.t.Fatal(err)
		}
		got, err := r.waits.Get(r.t.Context(), r.db)
		if err != nil {
			r.t.Fatal(err)
		}
		want, err := readWaits(r.t.Context(), r.db)
		if err != nil {
			r.t.Fatal(err)
		}
		after, err := r.db.Stamp(r.t.Context(), "claim")
		if err != nil {
			r.t.Fatal(err)
		}
		if before != after {
			continue // somebody wrote in between
		}
		if !reflect.DeepEqual(got, want) {
			r.t.Errorf("it has in memory that %v waits; there waits %v", got, want)
		}
		return
	}
}

func (r *room) write(fn func(ctx context.Context, tx *db.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// as is somebody, as they come to a page now.
func (r *room) as(persona string) *access.Viewer {
	r.t.Helper()
	r.remembers()
	role := access.Member
	if strings.HasPrefix(persona, "team") {
		role = access.Team
	}
	v, err := access.With(r.t.Context(), r.db, account(persona), persona, role)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// work does the jobs that are due.
func (r *room) work() {
	r.t.Helper()
	for {
		did, err := r.queue.Next(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) is(err error, k fault.Kind) {
	r.t.Helper()
	if !fault.Is(err, k) {
		r.t.Errorf("want fault %d: %v", k, err)
	}
}

// begins asks for a group as somebody.
func (r *room) begins(persona, group string, part Part) *Claim {
	r.t.Helper()
	c, err := r.Begin(r.t.Context(), r.as(persona), group, Ask{part, "I am " + persona + " with the kettle."})
	r.must(err)
	return c
}

func (r *room) state(id string) State {
	r.t.Helper()
	c, err := byID(r.t.Context(), r.db, id)
	r.must(err)
	return c.State
}

func (r *room) organises(persona, group string) bool {
	r.t.Helper()
	gs, err := r.street.Claimed(r.t.Context(), r.db, []string{group})
	r.must(err)
	return len(gs) == 1 && slices.Contains(gs[0].Organisers, persona)
}

var codeIn = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}`)

// coded has a code sent, and gives it.
func (r *room) coded(persona, group string) string {
	r.t.Helper()
	r.must(r.SendCode(r.t.Context(), r.as(persona), group))
	r.work()
	return r.inMail()
}

// inMail is the code of the latest letter to a group.
func (r *room) inMail() string {
	r.t.Helper()
	ls := r.tray.Letters()
	if len(ls) == 0 {
		r.t.Fatal("no letter")
	}
	return codeIn.FindString(ls[0].Letter.Plain())
}

// decides is a decision of the team or of an organiser.
func (r *room) decides(persona string, c *Claim, what, words string) error {
	_, err := r.Decide(r.t.Context(), r.as(persona), c.Group, c.ID, Decision{What: what, Words: words, Day: r.at.AddDate(0, 0, -1)})
	return err
}

// vouch lets groups say yes, each by its organiser.
func (r *room) vouch(c *Claim, by map[string]string) {
	r.t.Helper()
	for group, organiser := range by {
		if r.state(c.ID) != Open {
			return // enough of them have said yes
		}
		r.must(r.AskGroup(r.t.Context(), r.as(c.Claimer), c.Group, group))
		r.must(r.Answer(r.t.Context(), r.as(organiser), c.ID, group, true))
	}
}
