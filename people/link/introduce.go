package link

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/web"
)

// A group asks three others a day at most, and is asked by ten: whoever has two
// organisers and no time should be able to read them all.
var (
	askLimit   = web.Limit{Name: "link.intro.by", Most: 3, Per: 24 * time.Hour}
	askedLimit = web.Limit{Name: "link.intro.of", Most: 10, Per: 24 * time.Hour}
)

// Introduce asks the group at an address for an introduction, on behalf of a
// group the viewer organises. Where the other group wants to hear no more of
// this one nothing is sent, and kept that it was asked: to whoever asks it is
// silence.
func (s *Service) Introduce(ctx context.Context, v *access.Viewer, slug, mine string, a Ask) error {
	now := time.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		other, me, err := s.between(ctx, tx, v, slug, mine)
		if err != nil {
			return err
		}
		a := a // it may run again
		if err := a.validate(); err != nil {
			return err
		}
		if a.ShareEmail && me.Email == "" {
			return fault.Wrong("shareEmail", "link.intro.no-email", "name", me.Name)
		}
		i := Intro{ID: id.New(ctx), By: me.ID, Of: other.ID, Asked: db.Day(now), State: Waiting, Ask: a, asker: v.Persona}
		stopped, err := hasStopped(ctx, tx, other.ID, me.ID)
		if err != nil {
			return err
		}
		if stopped {
			i.State, i.Ask = No, Ask{}
		}
		fresh, err := putIntro(ctx, tx, i, now.Add(-patience))
		if err == nil && !fresh {
			err = fault.New(fault.Conflict, "link.intro.asked-already")
		}
		return err
	})
}

// between gives the two groups of an introduction that is to be asked.
func (s *Service) between(ctx context.Context, q db.Querier, v *access.Viewer, slug, mine string) (other, me Group, err error) {
	if other, err = s.other(ctx, q, v, slug); err != nil {
		return other, me, err
	}
	if me, err = s.mine(ctx, q, v, mine); err != nil {
		return other, me, err
	}
	switch {
	case me.ID == other.ID:
		err = fault.Wrong("group", "link.itself")
	case !me.Shown:
		err = fault.Wrong("group", "link.not-shown", "name", me.Name)
	case !other.Organised:
		err = fault.Wrong("group", "link.nobody", "name", other.Name)
	}
	return other, me, err
}

// intro gives an introduction to an organiser of either group; NotFound to
// anybody else, the network team too.
func (s *Service) intro(ctx context.Context, q db.Querier, v *access.Viewer, id string) (Intro, error) {
	i, err := introByID(ctx, q, id)
	if err == nil && (i.State == Gone || !v.May(tend, i.By) && !(v.May(tend, i.Of) && i.State != No)) {
		err = fault.Missing()
	}
	return i, err
}

// AnswerIntro answers an introduction for the group that was asked. A no leaves
// nothing of it; whoever asked is shown the same as if nobody had looked.
func (s *Service) AnswerIntro(ctx context.Context, v *access.Viewer, id string, answer State, b Back) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := s.intro(ctx, tx, v, id)
		if err != nil {
			return err
		}
		if !v.May(tend, i.Of) {
			return fault.Missing()
		}
		b := b // it may run again
		switch answer {
		case Yes:
			me, err := s.mine(ctx, tx, v, i.Of)
			if err != nil {
				return err
			}
			if err := b.validate(); err != nil {
				return err
			}
			if b.BackEmail && me.Email == "" {
				return fault.Wrong("backEmail", "link.intro.no-email", "name", me.Name)
			}
		case Later, No:
			b = Back{}
		default:
			return fault.Wrong("answer", "error.choice")
		}
		done, err := answerIntro(ctx, tx, i.ID, answer, b, v.Persona)
		if err == nil && !done {
			err = fault.New(fault.Conflict, "link.answered")
		}
		if err != nil || answer != No {
			return err
		}
		return s.empty(ctx, tx, i.ID, No)
	})
}

// empty takes the words out of an introduction, from the disk too.
func (s *Service) empty(ctx context.Context, tx *db.Tx, id string, st State) error {
	if err := emptyIntro(ctx, tx, id, st); err != nil {
		return err
	}
	return job.Add(ctx, tx, job.Job{Kind: job.Scrub, Key: "intro"})
}

// DropIntro deletes an introduction, whichever of the two groups wishes it. What
// the asked one deletes before it said yes looks to the others as if nobody had
// looked; and whoever takes an ask back waits as long for the next one as
// anybody else: a no would be worth little otherwise.
func (s *Service) DropIntro(ctx context.Context, v *access.Viewer, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := s.intro(ctx, tx, v, id)
		if err != nil {
			return err
		}
		st := Gone
		if !v.May(tend, i.By) && i.State != Yes {
			st = No
		}
		return s.empty(ctx, tx, i.ID, st)
	})
}

// Stop keeps a group of the viewer's from being asked again by another, or (by
// empty) by any; or lets them ask again.
func (s *Service) Stop(ctx context.Context, v *access.Viewer, group, by string, on bool) error {
	if err := v.Need(tend, group); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !on {
			return unstop(ctx, tx, group, by)
		}
		// Only who has been here already: anything else would be a note
		// about a group nobody has seen.
		if by != "" {
			is, err := introsOf(ctx, tx, []string{group})
			if err != nil {
				return err
			}
			for _, i := range is {
				if i.By == by && i.Of == group && i.State != No {
					return stop(ctx, tx, group, by)
				}
			}
			return fault.Missing()
		}
		return stop(ctx, tx, group, by)
	})
}

// Kept are the introductions of a viewer's groups, as each side is shown them.
type Kept struct {
	Groups map[string]Group // what the viewer may find of them
	Names  map[string]string
	Mine   []Group // groups they organise, by name
	For    []Intro // their groups were asked: waiting first
	Asked  []Intro // their groups asked
	Stops  []Stop
}

// Intros gathers them.
func (s *Service) Intros(ctx context.Context, v *access.Viewer) (*Kept, error) {
	held := v.Held(access.Organiser)
	is, err := introsOf(ctx, s.db, held)
	if err != nil {
		return nil, err
	}
	k := &Kept{}
	if k.Stops, err = stops(ctx, s.db, held); err != nil {
		return nil, err
	}
	ids := append([]string{}, held...)
	for _, i := range is {
		ids = append(ids, i.By, i.Of)
	}
	for _, st := range k.Stops {
		if st.By != "" {
			ids = append(ids, st.By)
		}
	}
	if k.Groups, err = s.groups.Linked(ctx, s.db, v, unique(ids)); err != nil {
		return nil, err
	}
	k.Mine = byName(k.Groups, held)
	var personas []string
	for _, i := range is {
		if i.State == Gone {
			continue
		}
		if v.May(tend, i.By) {
			k.Asked = append(k.Asked, i)
		}
		// One of a group whose curtains are closed waits until they are open.
		if v.May(tend, i.Of) && i.State != No && (i.State == Yes || k.Groups[i.By].ID != "") {
			k.For = append(k.For, i)
			if i.ShareName && i.asker != "" {
				personas = append(personas, i.asker)
			}
		}
	}
	k.Names, err = s.people.Names(ctx, v, unique(personas))
	return k, err
}
