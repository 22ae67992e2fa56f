package finding

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// street is everybody the room's tests know: accounts by the name of their owner,
// who go by "p-" and that, and some by another name too.
type street struct {
	owners map[string]Owner  // by persona
	called map[string]string // personas by name
	looked []string
	sent   []string
	kept   []string // personas that stay, whatever becomes of their words
}

func (s *street) Called(_ context.Context, _ db.Querier, name string) (string, error) {
	return s.called[name], nil
}

func (s *street) Owner(_ context.Context, _ db.Querier, persona string) (Owner, error) {
	o, ok := s.owners[persona]
	if !ok {
		return o, fault.Missing()
	}
	return o, nil
}

func (s *street) SubjectOf(_ context.Context, member string) (sub kit.Subject, err error) {
	sub.Member = member
	for p, o := range s.owners {
		if o.Member == member {
			sub.Personas = append(sub.Personas, p)
		}
	}
	slices.Sort(sub.Personas)
	return sub, nil
}

func (s *street) Names(_ context.Context, _ *access.Viewer, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = id
	}
	return out, nil
}

func (s *street) Write(_ context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error {
	s.sent = append(s.sent, "p-"+member)
	return nil
}

func (s *street) Keep(_ context.Context, _ *db.Tx, persona string, until time.Time) error {
	s.kept = append(s.kept, persona)
	return nil
}

func (s *street) Looked(_ context.Context, v *access.Viewer, member, what string) error {
	s.looked = append(s.looked, v.Member+" "+what+" "+member)
	return nil
}

func (s *street) Fresh(*web.Request, string) error { return nil }

// hall is the room on its own, with a clock of its own.
type hall struct {
	*Service
	t      *testing.T
	street *street
	at     time.Time
}

// run runs a test with the ground floor's tables and this room's, no other. Zoe
// has written something; mo and bea are moderators, tam is of the team; mo goes
// by another name, too.
func run(t *testing.T, fn func(t *testing.T, h *hall)) {
	t.Helper()
	dbtest.Run(t, append(slices.Clone(kit.Ground[1:]), db.Migrations{Room: room, Files: migrations}), func(t *testing.T, d *db.DB) {
		h := &hall{t: t, street: &street{owners: map[string]Owner{}, called: map[string]string{}}, at: time.Now().Add(time.Hour)}
		h.comes("zoe", false)
		for _, name := range []string{"mo", "bea", "tam"} {
			h.comes(name, true)
		}
		h.street.owners["p-other"], h.street.called["Other"] = h.street.owners["p-mo"], "p-other"
		h.Service = New(d, h.street, h.street, h.street)
		h.now = func() time.Time { return h.at }
		fn(t, h)
	})
}

// comes has somebody make an account by now.
func (h *hall) comes(name string, works bool) {
	h.street.owners["p-"+name] = Owner{Member: name, Reach: name + "@elsewhere.example", Since: h.at, Works: works, RoleSince: h.at.AddDate(-1, 0, 0)}
	h.street.called[name] = "p-" + name
}

func (h *hall) goes(name string) {
	delete(h.street.owners, "p-"+name)
	delete(h.street.called, name)
}

// as is one of them, under their first name unless it says which.
func (h *hall) as(who string) *access.Viewer {
	v := &access.Viewer{Member: who, Persona: "p-" + who, Role: access.Moderator}
	switch who {
	case "tam":
		v.Role = access.Team
	case "zoe":
		v.Role = access.Member
	case "other":
		v.Member = "mo"
	}
	return v
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) is(err error, k fault.Kind) {
	h.t.Helper()
	if !fault.Is(err, k) {
		h.t.Errorf("%v, and it should be of kind %d", err, k)
	}
}

func ask(name string) Ask {
	return Ask{Words: "I know where you live.", Place: "/groups/somewhere", Name: name, Ground: "threat", Reason: "She is afraid to come here any more."}
}

// asks has mo ask about a name.
func (h *hall) asks(name string) string {
	h.t.Helper()
	wish, err := h.Ask(h.t.Context(), h.as("mo"), ask(name))
	h.must(err)
	return wish
}

// dangerous is the same with a danger, and a day some days from now.
func (h *hall) dangerous(name string, days int) string {
	h.t.Helper()
	a := ask(name)
	a.Danger, a.Day = "He would come to her door.", h.at.UTC().AddDate(0, 0, days).Format(time.DateOnly)
	wish, err := h.Ask(h.t.Context(), h.as("mo"), a)
	h.must(err)
	return wish
}

var yes = Answer{What: agree, Words: "I read it, and see the same."}

func (h *hall) decides(who, wish string, a Answer) error {
	return h.Decide(h.t.Context(), h.as(who), wish, a)
}

func (h *hall) wish(id string) *Wish {
	h.t.Helper()
	x, err := byID(h.t.Context(), h.db, id)
	h.must(err)
	return x
}

// tells does what comes round and what it asks for.
func (h *hall) tells() {
	h.t.Helper()
	h.must(h.Settle(h.t.Context()))
	bodies, err := db.All(h.t.Context(), h.db, db.Text, `SELECT body FROM job_job WHERE kind = $1 ORDER BY id`, tellJob)
	h.must(err)
	for _, b := range bodies {
		h.must(h.mailTold(h.t.Context(), json.RawMessage(b)))
	}
	h.must(h.db.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job_job`)
		return err
	}))
}

// knows is how much somebody is told of.
func (h *hall) knows(who string) int {
	h.t.Helper()
	all, _, err := h.Told(h.t.Context(), h.as(who))
	h.must(err)
	return len(all)
}
