package claim

import (
	"cmp"
	"context"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

// Who may do what. Which claim somebody may decide on, the verb finds out once
// it knows the group.
var (
	look     = access.Permission{Name: "claim.look", Anyone: true}
	claiming = access.Permission{Name: "claim.ask", Roles: access.Unpaused}
	inviting = access.Permission{Name: "claim.invite", Roles: []access.Role{access.Team}}
	deciding = access.Permission{Name: "claim.decide", Roles: inviting.Roles, Relation: []access.Relation{access.Organiser}}
)

// Group is a group as this room needs to know it. It is another name for a bare
// struct, and no type of its own: rooms do not import each other, and this way
// the room of the groups means the same.
type Group = struct {
	ID, Slug, Name, Lang, Area string

	Email      string // as its page gives it, or the list it came with
	Waits      bool   // not shown, and nobody's yet: the network team sees it
	Closed     bool   // not shown, or hidden: its organisers alone see it
	Ended      bool
	Organisers []string    // personas
	Removed    []string    // personas who were, until somebody else ended that
	Says       [][2]string // what its page says: a locale key, and the words
}

// Groups is what the room asks of whoever keeps the groups.
type Groups interface {
	// ClaimedAt gives the group at an address as far as a viewer may see it.
	ClaimedAt(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (Group, error)
	// Claimed gives groups by id, whoever may see them.
	Claimed(ctx context.Context, q db.Querier, ids []string) ([]Group, error)
	// StandsFor gives the id of the group that stands for one now: another, if
	// the two were put together, or itself.
	StandsFor(ctx context.Context, q db.Querier, id string) (string, error)
	// EmailSince says when a group's address came to its page, and by whose
	// hand; the zero time: it was there from the beginning.
	EmailSince(ctx context.Context, q db.Querier, group string) (time.Time, string, error)
}

// Seats is what the room does there in its own transactions.
type Seats interface {
	// HoldClaimed gives a group and keeps it as it is until the transaction ends.
	HoldClaimed(ctx context.Context, tx *db.Tx, group string) (Group, error)
	Seat(ctx context.Context, tx *db.Tx, group, persona string) error
	Unseat(ctx context.Context, tx *db.Tx, group, persona string) error
}

// Lists is how groups are found, come and go.
type Lists interface {
	FindClaimed(ctx context.Context, v *access.Viewer, words string) ([]Group, error)
	Propose(ctx context.Context, tx *db.Tx, name, area, reach string) error
	TakeOff(ctx context.Context, tx *db.Tx, group string) error
}

// Network is all of that.
type Network interface {
	Groups
	Seats
	Lists
}

// People is what the room asks of whoever keeps the personas.
type People interface {
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// Owners are the accounts behind personas; whoever has left has none.
	Owners(ctx context.Context, q db.Querier, personas []string) (map[string]string, error)
	// SubjectOf is an account with every persona it has.
	SubjectOf(ctx context.Context, member string) (kit.Subject, error)
	// Deliver sends a letter to whoever is behind a persona; NotFound if nobody
	// is, or no address of theirs is proven.
	Deliver(ctx context.Context, persona string, write func(l *i18n.Lang, origin string) mail.Letter) error
}

// Team is what it asks about the network team.
type Team interface {
	// TeamAll is how many accounts are of the team, be they there now or not.
	TeamAll(ctx context.Context, q db.Querier) (int, error)
	// OnTeam is how many people of the team are behind personas.
	OnTeam(ctx context.Context, q db.Querier, personas []string) (int, error)
}

// Everybody is both.
type Everybody interface {
	People
	Team
}

// Service is the room.
type Service struct {
	db     *db.DB
	groups Network
	people Everybody
	mail   mail.Sender
	langs  *i18n.Catalog
	origin string // of the links in mails
	now    func() time.Time
	waits  db.Memo[*waits]
}

// New opens the room. origin is the address of the network.
func New(d *db.DB, groups Network, people Everybody, m mail.Sender, langs *i18n.Catalog, origin string) *Service {
	s := &Service{db: d, groups: groups, people: people, mail: m, langs: langs, origin: origin, now: time.Now}
	s.waits.Rooms = []string{"claim"}
	s.waits.Make = func(ctx context.Context) (*waits, error) { return readWaits(ctx, d) }
	return s
}

// Begin notes that somebody asks for a group they can see. Somebody from an
// institution is told why not (KeptOut), and that is kept.
func (s *Service) Begin(ctx context.Context, v *access.Viewer, slug string, a Ask) (c *Claim, err error) {
	if err := v.Need(claiming, ""); err != nil {
		return nil, err
	}
	invalid := a.validate()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.groups.ClaimedAt(ctx, tx, v, slug)
		if err == nil {
			err = s.claimable(ctx, tx, v, g)
		}
		if err == nil {
			err = invalid
		}
		if err != nil {
			return err
		}
		c, err = s.begin(ctx, tx, v, g, a, never)
		return err
	})
	return c, err
}

// claimable says why a group that a viewer can see can't be asked for, if so.
func (s *Service) claimable(ctx context.Context, q db.Querier, v *access.Viewer, g Group) error {
	own, err := s.oneOf(ctx, q, v, g.Organisers...)
	switch {
	case err != nil:
		return err
	case own:
		return fault.New(fault.Conflict, "claim.yours")
	case g.Waits || g.Closed:
		return fault.New(fault.Denied, "claim.by-invitation")
	case g.Ended:
		return fault.New(fault.Conflict, "claim.ended")
	}
	return nil
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, v *access.Viewer, g Group, a Ask, coded time.Time) (*Claim, error) {
	now := s.now()
	c := &Claim{ID: id.New(ctx), Group: g.ID, Claimer: v.Persona, Part: a.Part, Words: a.Words, State: Open,
		Begun: now, Coded: coded, Talked: never, Due: never, Changed: now, codeEnds: never}
	if a.Part == Institution {
		c.State, c.Words = KeptOut, ""
		was, err := saidInstitution(ctx, tx, v.Persona, g.ID)
		if err != nil || was {
			return c, err
		}
		_, err = insert(ctx, tx, c)
		return c, err
	}
	fresh, err := insert(ctx, tx, c)
	if err == nil && !fresh {
		err = fault.New(fault.Conflict, "claim.twice")
	}
	if err != nil {
		return nil, err
	}
	return c, s.note(ctx, tx, c, "begun", v.Persona, "")
}

// BeginInvited is Begin with the code of an invitation, which is spent by it.
// It is the group's own code: nothing else has to be shown.
func (s *Service) BeginInvited(ctx context.Context, v *access.Viewer, code string, a Ask) (c *Claim, g Group, err error) {
	if err := v.Need(claiming, ""); err != nil {
		return nil, g, err
	}
	invalid := a.validate()
	others, said, err := s.others(ctx, v)
	if err != nil {
		return nil, g, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if g, err = s.invited(ctx, tx, code); err != nil {
			return err
		}
		if invalid != nil {
			return invalid
		}
		// Nobody decides on their own request: who sent a letter does not come in by it.
		i, err := inviteTo(ctx, tx, g.ID)
		if err != nil {
			return db.Missing(err)
		}
		if own, err := s.oneOf(ctx, tx, v, i.Sender); err != nil {
			return err
		} else if own {
			return fault.New(fault.Denied, "claim.own")
		}
		if slices.ContainsFunc(g.Removed, others) || said {
			return fault.New(fault.Conflict, "claim.code.not-alone")
		}
		// Once more, held: two may have come with the same letter.
		if g, err = s.groups.HoldClaimed(ctx, tx, g.ID); err != nil {
			return err
		}
		if c, err = s.begin(ctx, tx, v, g, a, s.now()); err != nil || c.State == KeptOut {
			return err
		}
		what := "invited"
		if own, err := s.toItself(ctx, tx, i, v.Persona); err != nil {
			return err
		} else if own {
			what = "mailed"
		}
		if err := insertEvent(ctx, tx, Event{ID: id.New(ctx), Claim: c.ID, At: i.Made, What: what, Actor: i.Sender}); err != nil {
			return err
		}
		spent, err := dropInvite(ctx, tx, g.ID, hash(code))
		if err == nil && !spent {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		return s.advance(ctx, tx, c, g)
	})
	return c, g, err
}

// own gives a viewer's live claim on the group at an address, and the group;
// NotFound if they have none. A group they came to by invitation nobody else
// can see.
func (s *Service) own(ctx context.Context, q db.Querier, v *access.Viewer, slug string) (*Claim, Group, error) {
	cs, err := liveOf(ctx, q, v.Persona)
	if err != nil || len(cs) == 0 {
		return nil, Group{}, db.Missing(cmp.Or(err, db.ErrNone))
	}
	var ids []string
	for _, c := range cs {
		ids = append(ids, c.Group)
	}
	gs, err := s.groups.Claimed(ctx, q, ids)
	if err != nil {
		return nil, Group{}, err
	}
	for _, g := range gs {
		i := slices.IndexFunc(cs, func(c *Claim) bool { return c.Group == g.ID })
		if g.Slug == slug && shown(v, cs[i], g) {
			return cs[i], g, nil
		}
	}
	return nil, Group{}, fault.Missing()
}

// shown says whether somebody with a part in a claim may know which group it is
// about: not while its organisers keep it to themselves; and one that waits is
// known to the team, and to whoever came by its own code. Where somebody objects,
// the team has to know: else who came in by a lie closes the door behind them.
func shown(v *access.Viewer, c *Claim, g Group) bool {
	switch {
	case slices.Contains(g.Organisers, v.Persona):
		return true
	case g.Closed:
		return v.May(inviting, "") && c.Objected
	case g.Waits:
		return v.May(inviting, "") || happened(c.Coded)
	}
	return true
}

// Withdraw takes a viewer's claim back: their words go, and whoever was asked
// is asked no more. It can be done whatever became of the group.
func (s *Service) Withdraw(ctx context.Context, v *access.Viewer, claim string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := byID(ctx, tx, claim)
		if err == nil && (c.Claimer != v.Persona || !v.SignedIn()) {
			err = fault.Missing()
		}
		if err == nil && !c.live() {
			err = fault.New(fault.Conflict, "claim.over")
		}
		if err != nil {
			return err
		}
		c.Objected = false
		if did, err := s.move(ctx, tx, c, Withdrawn); err != nil || !did {
			return err
		}
		if err := silence(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := s.note(ctx, tx, c, "withdrawn", v.Persona, ""); err != nil {
			return err
		}
		return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "claim"})
	})
}

// move lets a claim go on to another state, unless somebody else moved it first.
func (s *Service) move(ctx context.Context, tx *db.Tx, c *Claim, to State) (bool, error) {
	from := c.State
	c.State, c.Changed = to, s.now()
	return update(ctx, tx, c, from)
}

// note writes down what happened. words are empty, or a reason somebody gave.
func (s *Service) note(ctx context.Context, tx *db.Tx, c *Claim, what, actor, words string) error {
	return insertEvent(ctx, tx, Event{ID: id.New(ctx), Claim: c.ID, At: s.now(), What: what, Actor: actor, Words: words})
}

// weak says whether the group's code alone does not prove a claim.
func (s *Service) weak(ctx context.Context, q db.Querier, c *Claim, g Group) (bool, error) {
	if c.Part != OfGroup || slices.Contains(g.Removed, c.Claimer) {
		return true, nil
	}
	return saidInstitution(ctx, q, c.Claimer, "")
}

// others are the other names of the viewer, and whether they said under one of
// them that they work for an institution. What a group's code does not do for a
// name it does for none of the same person's. Only the viewer may learn it, and
// only when they come with the code: whoever decides would learn from a claim that
// is weak whose name it is.
func (s *Service) others(ctx context.Context, v *access.Viewer) (one func(persona string) bool, said bool, err error) {
	sub, err := s.people.SubjectOf(ctx, v.Member)
	if err != nil {
		return nil, false, err
	}
	rest := slices.DeleteFunc(sub.Personas, func(p string) bool { return p == v.Persona })
	for _, p := range rest {
		if !said && err == nil {
			said, err = saidInstitution(ctx, s.db, p, "")
		}
	}
	return func(persona string) bool { return slices.Contains(rest, persona) }, said, err
}

// codeDoes refuses a group's code to whoever has another name that it does not do
// for.
func (s *Service) codeDoes(ctx context.Context, v *access.Viewer, g Group) error {
	others, said, err := s.others(ctx, v)
	if err == nil && (said || slices.ContainsFunc(g.Removed, others)) {
		err = fault.New(fault.Conflict, "claim.code.not-alone")
	}
	if err != nil {
		return err
	}
	_, by, err := s.groups.EmailSince(ctx, s.db, g.ID)
	if err == nil && others(by) {
		err = fault.New(fault.Conflict, "claim.code.fresh-address")
	}
	return err
}

// proposeLimit is how many groups one client may name as missing.
var proposeLimit = web.Limit{Name: "claim.propose", Most: 5, Per: time.Hour}

// Proposal is a group that nobody listed yet, and how to reach it.
type Proposal struct{ Name, Area, Reach string }

func (x *Proposal) validate() error {
	var p fault.Problems
	p.Line("name", &x.Name, 120, fault.Required)
	p.Line("area", &x.Area, 200, fault.Required)
	p.Text("reach", &x.Reach, maxWords, fault.Required)
	return p.Err()
}

// Propose keeps a proposal for the team to look at. No account is needed, and
// nothing is said about whether the group is here already.
func (s *Service) Propose(ctx context.Context, x Proposal) error {
	if err := x.validate(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.groups.Propose(ctx, tx, x.Name, x.Area, x.Reach)
	})
}
