package finding

import (
	"context"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/web"
)

var (
	read    = access.Permission{Name: "finding.read", Anyone: true}
	mine    = access.Permission{Name: "finding.mine", Roles: access.Everybody}
	asking  = access.Permission{Name: "finding.ask", Roles: []access.Role{access.Moderator, access.Team}}
	setting = access.Permission{Name: "finding.grounds", Roles: []access.Role{access.Team}}
)

// Owner is who is behind a name.
type Owner = struct {
	Member string
	Reach  string    // the address, or the sign-in name of whoever has none
	Since  time.Time // since when they belong here: for most, the account was made then
	Works  bool      // of the network team or a moderator, and not away
	// RoleSince is the day they came to have their role.
	RoleSince time.Time
}

// People is what the room asks of whoever keeps accounts.
type People interface {
	// Called is the persona that goes by exactly a name, "" if none does.
	Called(ctx context.Context, q db.Querier, name string) (persona string, err error)
	// Owner is the account behind a persona; NotFound if there is none any more.
	Owner(ctx context.Context, q db.Querier, persona string) (Owner, error)
	// Keep has a persona without a name stay until a day, though its words go.
	Keep(ctx context.Context, tx *db.Tx, persona string, until time.Time) error
	// SubjectOf is an account with every persona it has; NotFound if it is gone.
	SubjectOf(ctx context.Context, member string) (kit.Subject, error)
	// Names gives what personas are called, to somebody who may know.
	Names(ctx context.Context, v *access.Viewer, personas []string) (map[string]string, error)
	// Write sends a letter about an account to its owner, who may pause or be about
	// to leave; NotFound if nobody is there, or no letter reaches them.
	Write(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Fresh is an error that leads whoever has not signed in lately to do so.
	Fresh(r *web.Request, back string) error
}

// Watch is what the room asks of whoever writes down who looks at what.
type Watch interface {
	// Looked notes that the viewer looked at something of a person's that is not
	// for everybody; what is a locale key.
	Looked(ctx context.Context, v *access.Viewer, member, what string) error
}

// Service is the room.
type Service struct {
	db     *db.DB
	people People
	doors  Doors
	watch  Watch
	now    func() time.Time
	counts db.Memo[*counts]
}

// New opens the room.
func New(d *db.DB, people People, doors Doors, watch Watch) *Service {
	s := &Service{db: d, people: people, doors: doors, watch: watch, now: time.Now}
	s.counts = db.Memo[*counts]{Rooms: []string{room}, Make: s.count}
	return s
}

const room = "finding"

// counts is what there is to tell people of, in memory: a page where there is
// nothing to tell asks nothing.
type counts struct {
	waiting, told map[string]int // by the account they are about; "" is nobody's
	found         int            // how often somebody was told
}

func (s *Service) count(ctx context.Context) (*counts, error) {
	waiting, err := allWaiting(ctx, s.db)
	if err != nil {
		return nil, err
	}
	told, err := allTold(ctx, s.db)
	c := &counts{map[string]int{}, map[string]int{}, len(told)}
	for _, x := range []struct {
		personas []string
		by       map[string]int
	}{{waiting, c.waiting}, {told, c.told}} {
		for _, p := range x.personas {
			o, oerr := s.people.Owner(ctx, s.db, p)
			if oerr != nil && !fault.Is(oerr, fault.NotFound) {
				return nil, oerr
			}
			x.by[o.Member]++
		}
	}
	return c, err
}

// Grounds are those of the house, in their order, as the network has them.
func (s *Service) Grounds(ctx context.Context, q db.Querier) ([]Ground, error) {
	all, err := groundsOf(ctx, q)
	slices.SortFunc(all, func(a, b Ground) int { return slices.Index(grounds, a.Key) - slices.Index(grounds, b.Key) })
	return all, err
}

// published is a ground that is on; a Conflict if it is not.
func (s *Service) published(ctx context.Context, q db.Querier, key string) (Ground, error) {
	all, err := groundsOf(ctx, q)
	if err != nil {
		return Ground{}, err
	}
	i := slices.IndexFunc(all, func(g Ground) bool { return g.Key == key && g.On() })
	if i < 0 {
		return Ground{}, fault.New(fault.Conflict, "finding.ground-off")
	}
	return all[i], nil
}

// Publish has these grounds count, and no others. One that begins to counts for
// whoever comes from now on; one that did already stays as it is.
func (s *Service) Publish(ctx context.Context, v *access.Viewer, keys []string) error {
	if err := v.Need(setting, ""); err != nil {
		return err
	}
	if slices.ContainsFunc(keys, func(key string) bool { return !known(key) }) {
		return fault.Wrong("on", "error.choice")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed(room)
		for _, key := range grounds {
			var err error
			if slices.Contains(keys, key) {
				err = publish(ctx, tx, key, s.now())
			} else {
				err = unpublish(ctx, tx, key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// askLimit keeps whoever has got into a moderator's account from asking for
// everybody.
var askLimit = web.Limit{Name: "finding.ask", Most: 12, Per: 24 * time.Hour}

// Ask begins to find out who wrote something. Whether anybody goes by the name is
// not said.
func (s *Service) Ask(ctx context.Context, v *access.Viewer, a Ask) (wish string, err error) {
	own, err := s.own(ctx, v)
	if err != nil {
		return "", err
	}
	if err := s.mayBeOne(ctx, s.db, v.Persona, "finding.early"); err != nil {
		return "", err
	}
	tellOn, err := a.validate(s.now())
	if err != nil {
		return "", err
	}
	if err := askLimit.Take(ctx, s.db, v.Member, s.now()); err != nil {
		return "", err
	}
	x := &Wish{ID: id.New(ctx), State: Waiting, Ground: a.Ground, Name: a.Name, Place: a.Place, Words: a.Words, Reason: a.Reason, Danger: a.Danger,
		TellOn: tellOn, Asker: v.Persona, Asked: s.now(), Changed: s.now(), Told: never}
	return x.ID, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.Changed(room)
		if _, err := s.published(ctx, tx, a.Ground); err != nil {
			return err
		}
		if x.about, err = s.people.Called(ctx, tx, a.Name); err != nil {
			return err
		}
		if slices.Contains(own, x.about) {
			return fault.Wrong("name", "finding.yours")
		}
		if err := s.people.Keep(ctx, tx, x.about, s.now().Add(waitFor+foundFor)); err != nil {
			return err
		}
		return insert(ctx, tx, x)
	})
}

// own are the viewer's personas, if they may ask here. A wish about one of them
// is not there for them: neither do they decide about themselves, nor do they
// read what danger telling them would bring. To all others it looks the same.
func (s *Service) own(ctx context.Context, v *access.Viewer) ([]string, error) {
	if err := v.Need(asking, ""); err != nil {
		return nil, err
	}
	sub, err := s.people.SubjectOf(ctx, v.Member)
	return sub.Personas, err
}

// mostShown is how many wishes a page shows.
const mostShown = 24

// Wishes are the latest, from after one on, with what those who look after them
// are called. more says whether there are others.
func (s *Service) Wishes(ctx context.Context, v *access.Viewer, after string) (all []*Wish, more bool, err error) {
	own, err := s.own(ctx, v)
	if err != nil {
		return nil, false, err
	}
	all, err = latest(ctx, s.db, own, after, mostShown+1)
	if len(all) > mostShown {
		all, more = all[:mostShown], true
	}
	return all, more, err
}

// View is a wish as one of those who look after the network sees it.
type View struct {
	*Wish
	Mine   bool   // the viewer asked, under whichever of their names
	By     bool   // the viewer is the second one
	Asker  string // what who asked is called; empty: not known
	Second string
}

// Until is until when the two see who it is.
func (x *Wish) Until() time.Time { return x.Changed.Add(seenFor) }

// Sees says whether the viewer is one of the two, and it is not over yet.
func (x View) Sees(now time.Time) bool {
	return x.State == Found && (x.Mine || x.By) && now.Before(x.Until())
}

// Wish is one of them; NotFound if it is gone, or about the viewer.
func (s *Service) Wish(ctx context.Context, v *access.Viewer, id string) (View, error) {
	own, err := s.own(ctx, v)
	if err != nil {
		return View{}, err
	}
	x, err := byID(ctx, s.db, id)
	if err == nil && slices.Contains(own, x.about) {
		err = fault.Missing()
	}
	if err != nil {
		return View{}, err
	}
	names, err := s.people.Names(ctx, v, []string{x.Asker, x.Second})
	return View{Wish: x, Mine: slices.Contains(own, x.Asker), By: slices.Contains(own, x.Second), Asker: names[x.Asker], Second: names[x.Second]}, err
}

// Decide is the answer of a second one. Of a yes it follows that those two see
// who it is, if there is anybody to find: see the package comment. The person is
// told at once, unless a danger was stated and is confirmed.
func (s *Service) Decide(ctx context.Context, v *access.Viewer, id string, a Answer) error {
	own, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains(own, x.about):
			return fault.Missing()
		case slices.Contains(own, x.Asker):
			return fault.New(fault.Denied, "finding.second")
		case x.State != Waiting, !s.now().Before(x.Changed.Add(waitFor)):
			return fault.New(fault.Conflict, "finding.over")
		}
		if err := a.validate(x); err != nil {
			return err
		}
		asker, err := s.people.Owner(ctx, tx, x.Asker)
		if err == nil && !asker.Works || fault.Is(err, fault.NotFound) {
			err = fault.New(fault.Conflict, "finding.asker-gone")
		}
		if err != nil {
			return err
		}
		x.State, x.Second, x.Answer, x.Changed = Refused, v.Persona, a.Words, s.now()
		if a.What == agree {
			if err := s.mayBeOne(ctx, tx, v.Persona, "finding.early"); err != nil {
				return err
			}
			if err := s.mayBeOne(ctx, tx, x.Asker, "finding.early-asker"); err != nil {
				return err
			}
			if x.State, err = s.find(ctx, tx, x); err != nil {
				return err
			}
		}
		x.Held = x.State == Found && a.Danger == "yes" && x.TellOn.After(x.Changed)
		tx.Changed(room)
		did, err := decide(ctx, tx, x)
		if err == nil && !did {
			err = fault.New(fault.Conflict, "finding.over")
		}
		if err != nil || x.State != Found || x.Held {
			return err
		}
		return s.tell(ctx, tx, x)
	})
}

// find says whether there is somebody to find who could know the ground before
// they came.
func (s *Service) find(ctx context.Context, tx *db.Tx, x *Wish) (State, error) {
	g, err := s.published(ctx, tx, x.Ground)
	if err != nil {
		return "", err
	}
	o, err := s.people.Owner(ctx, tx, x.about)
	if fault.Is(err, fault.NotFound) || err == nil && o.Since.Before(g.Since) {
		return Nobody, nil
	}
	return Found, err
}

// Who is whose account it is, by how it is reached, for the two who decided, for a week; NotFound for
// everybody else. It is written down first, and shown then.
func (s *Service) Who(ctx context.Context, v *access.Viewer, id string) (reach string, err error) {
	x, err := s.Wish(ctx, v, id)
	if err != nil {
		return "", err
	}
	if !x.Sees(s.now()) {
		return "", fault.Missing()
	}
	o, err := s.people.Owner(ctx, s.db, x.about)
	if err != nil {
		return "", err
	}
	if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return insertLook(ctx, tx, x.ID, x.By, db.Day(s.now())) }); err != nil {
		return "", err
	}
	if happened(x.Told) { // else their own page would tell them
		err = s.watch.Looked(ctx, v, o.Member, "finding.looked")
	}
	return o.Reach, err
}

// Told is what the viewer knows by now that was found out about them, and on which
// days somebody looked.
func (s *Service) Told(ctx context.Context, v *access.Viewer) ([]*Wish, map[string][]time.Time, error) {
	if err := v.Need(mine, ""); err != nil {
		return nil, nil, err
	}
	sub, err := s.people.SubjectOf(ctx, v.Member)
	if err != nil {
		return nil, nil, err
	}
	return s.told(ctx, sub.Personas)
}

func (s *Service) told(ctx context.Context, personas []string) ([]*Wish, map[string][]time.Time, error) {
	all, err := toldTo(ctx, s.db, personas)
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	var ids []string
	for _, x := range all {
		ids = append(ids, x.ID)
	}
	looks, err := looksAt(ctx, s.db, ids)
	days := map[string][]time.Time{}
	for _, l := range looks {
		if !slices.Contains(days[l.wish], l.day) {
			days[l.wish] = append(days[l.wish], l.day)
		}
	}
	return all, days, err
}
