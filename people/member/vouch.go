package member

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Where groups are met by groups, two that are here already say that they know the
// one that wants to join. Whoever brings it asks them; their organisers answer.

const (
	byGroups = "groups" // two groups vouch; the team can answer, too

	mostAsked = 5 // groups, of one that wants to join

	vouchJob = "member.vouch"
)

// askedWeek is how often one group is asked, by all who bring one.
var askedWeek = web.Limit{Name: "member.vouch", Most: 10, Per: 7 * 24 * time.Hour}

// Voucher is a group that may vouch for others. It is another name for a bare
// struct, as NewGroup is.
type Voucher = struct {
	ID, Name, Area string
	Organisers     []string // personas
}

// Vouch is that a group is asked.
type Vouch struct {
	Application, Group string
	Asked              time.Time
	Answer             string // yes, no; empty: not yet
	answerer           string
}

// bringing is the viewer's own application, if groups are to be asked for it;
// NotFound otherwise.
func (s *Service) bringing(ctx context.Context, q db.Querier, v *access.Viewer) (Application, error) {
	if err := v.Need(applying, ""); err != nil {
		return Application{}, err
	}
	x, err := applicationOf(ctx, q, v.Member)
	if err == nil && (x.State != Waiting || x.Met != byGroups) {
		err = fault.Missing()
	}
	return x, err
}

// AskGroup asks a group whether it knows the one that the viewer brings.
func (s *Service) AskGroup(ctx context.Context, v *access.Viewer, group string) error {
	mine, err := s.bringing(ctx, s.db, v)
	if err != nil {
		return err
	}
	gs, err := s.groups.SeenVouchers(ctx, v, []string{group})
	if err == nil && len(gs) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	vs, err := vouchesOf(ctx, s.db, mine.ID)
	if err == nil {
		err = mayAsk(vs, group)
	}
	if err != nil {
		return err
	}
	// Only what is asked counts: nobody uses up what a group is asked.
	if slices.ContainsFunc(vs, func(w Vouch) bool { return w.Group == group }) {
		return nil
	}
	if err := askedWeek.Take(ctx, s.db, group, s.now()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := locked(ctx, tx, v.Member); err != nil { // two at once are not six
			return err
		}
		x, err := s.bringing(ctx, tx, v)
		if err != nil {
			return err
		}
		vs, err := vouchesOf(ctx, tx, x.ID)
		if err != nil || slices.ContainsFunc(vs, func(w Vouch) bool { return w.Group == group }) {
			return err
		}
		if err := mayAsk(vs, group); err != nil {
			return err
		}
		tx.Changed("member")
		if err := insertVouch(ctx, tx, Vouch{Application: x.ID, Group: group, Asked: db.Day(s.now())}); err != nil {
			return err
		}
		for _, p := range gs[0].Organisers {
			if err := job.Add(ctx, tx, job.Job{Kind: vouchJob, Key: x.ID + " " + group + " " + p, Whom: p, Body: vouchLetter{p}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayAsk says why one more group can't be asked, if so.
func mayAsk(vs []Vouch, group string) error {
	if len(vs) >= mostAsked && !slices.ContainsFunc(vs, func(w Vouch) bool { return w.Group == group }) {
		return fault.New(fault.Conflict, "member.vouch.enough")
	}
	return nil
}

type vouchLetter struct{ Persona string }

// mailVouch tells an organiser that their group is asked, and not what.
func (s *Service) mailVouch(ctx context.Context, body json.RawMessage) error {
	var t vouchLetter
	if err := json.Unmarshal(body, &t); err != nil {
		return job.Gone(err)
	}
	err := s.Deliver(ctx, t.Persona, func(l *i18n.Lang, origin string) mail.Letter {
		return mail.Letter{
			Subject:    l.T("member.vouch.subject"),
			Paragraphs: []string{l.T("member.vouch.mail")},
			Link:       &mail.Link{Label: l.T("member.answer.look"), URL: origin + vouchPath + "?lang=" + l.Code},
		}
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return sent(err)
}

// AskedOf is a question to one of the viewer's groups.
type AskedOf struct {
	Application
	Ours Voucher
}

// Asked are the questions that wait for the viewer's groups.
func (s *Service) Asked(ctx context.Context, v *access.Viewer) (out []AskedOf, err error) {
	if err := v.Need(vouching, ""); err != nil {
		return nil, err
	}
	held := v.Held(access.Organiser)
	if len(held) == 0 {
		return nil, nil
	}
	gs, err := s.groups.Vouchers(ctx, s.db, held)
	if err != nil {
		return nil, err
	}
	vs, err := openVouches(ctx, s.db, held)
	if err != nil || len(vs) == 0 {
		return nil, err
	}
	var ids []string
	for _, w := range vs {
		ids = append(ids, w.Application)
	}
	xs, err := applicationsBy(ctx, s.db, ids)
	for _, w := range vs {
		g := slices.IndexFunc(gs, func(g Voucher) bool { return g.ID == w.Group })
		x := slices.IndexFunc(xs, func(x Application) bool { return x.ID == w.Application })
		if g >= 0 && x >= 0 && xs[x].member != v.Member { // nobody vouches for what they bring
			out = append(out, AskedOf{xs[x], gs[g]})
		}
	}
	return out, err
}

// asksThem says whether a group is asked that the viewer looks after. It is read
// with every own page, so which groups are is kept in memory.
func (s *Service) asksThem(ctx context.Context, v *access.Viewer) (bool, error) {
	asked, err := s.asked.Get(ctx, s.db)
	if err != nil || len(asked) == 0 {
		return false, err
	}
	return slices.ContainsFunc(v.Held(access.Organiser), func(g string) bool { return asked[g] > 0 }), nil
}

// AnswerFor is what the viewer says for one of their groups about one that wants
// to join. The second yes lets it in.
func (s *Service) AnswerFor(ctx context.Context, v *access.Viewer, id, group string, yes bool) error {
	if err := v.Need(vouching, ""); err != nil {
		return err
	}
	all, err := s.Asked(ctx, v)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(x AskedOf) bool { return x.ID == id && x.Ours.ID == group }) {
		return fault.Missing()
	}
	said := "no"
	if yes {
		said = "yes"
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := application(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := locked(ctx, tx, x.member); err != nil { // the two last answers see each other
			return err
		}
		tx.Changed("member")
		n, err := answerVouch(ctx, tx, id, group, said, v.Persona)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "member.vouch.answered")
		}
		if err != nil {
			return err
		}
		return s.settleVouches(ctx, tx, id)
	})
}

// settleVouches lets a group in that two others know.
func (s *Service) settleVouches(ctx context.Context, tx *db.Tx, id string) error {
	x, err := application(ctx, tx, id)
	if err != nil || x.State != Waiting || x.Met != byGroups {
		return err
	}
	vs, err := vouchesOf(ctx, tx, id)
	if err != nil {
		return err
	}
	var ids []string
	for _, w := range vs {
		ids = append(ids, w.Group)
	}
	gs, err := s.groups.Vouchers(ctx, tx, ids)
	if err != nil {
		return err
	}
	var words []access.Word
	for _, w := range vs {
		if i := slices.IndexFunc(gs, func(g Voucher) bool { return g.ID == w.Group }); w.Answer == "yes" && i >= 0 {
			words = append(words, access.Word{By: w.answerer, Organisers: gs[i].Organisers})
		}
	}
	owners, err := s.Owners(ctx, tx, access.Speakers(words))
	if err != nil || !access.Vouched(words, x.member, owners) {
		return err
	}
	x.State = Welcomed
	return s.decide(ctx, tx, x, "")
}
