package member

import (
	"context"
	"errors"
	"fmt"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/job"
	"withus.example/platform/kit"
)

// export gives everything the room holds about a person.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	a, err := byID(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	ps, err := personasOf(ctx, s.db, sub.Member)
	if err != nil {
		return nil, err
	}
	held, err := namesHeld(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	x, err := applicationOf(ctx, s.db, sub.Member)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	asks := err == nil
	decided, err := decidedBy(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	stays, err := askedOf(ctx, s.db, sub.Member)

	account := kit.Hold("member.held.account")
	var does []kit.Word
	for _, d := range a.Does {
		does = append(does, kit.Word("member.does."+d))
	}
	var standing kit.Word
	if a.Standing != In {
		standing = kit.Word("member.standing." + string(a.Standing))
	}
	account.Line("member.held.email", a.Email, "member.held.login", a.Login, "member.held.here", a.Here, "member.held.proven", a.Proven, "member.held.role", kit.Word("member.role."+string(a.Role)), "member.held.role-since", a.RoleSince,
		"member.held.standing", standing, "i18n.held.language", kit.Lang(a.Lang), "i18n.held.since", a.Created, "member.held.country", kit.Country(a.Country),
		"member.held.does", does, "member.held.own", a.Own, "member.held.discreet", a.Discreet, "member.held.curtains", a.Curtains, "member.held.kept-names", held,
		"member.held.renewed", a.Renewed)
	names := kit.Hold("member.held.names")
	for _, p := range ps {
		names.Line("i18n.held.name", p.Name, "i18n.held.words", p.Words, "member.held.pronouns", p.Pronouns, "member.held.acting", p.Acting, "member.held.retired", p.Retired && !p.Hidden, "member.held.hidden", p.Hidden,
			"member.held.picture", s.pictureFile(&p), "member.held.seen", p.Seen)
	}
	asked := kit.Hold("member.held.application")
	if asks {
		var invited kit.Word
		if x.Invited != "" {
			invited = kit.Word("member.invited." + x.Invited)
		}
		asked.Line("member.held.invited", invited, "member.held.as", kit.Word("member.kind."+string(x.Kind)), "member.held.state", kit.Word("member.state."+string(x.State)), "i18n.held.words", x.Words,
			"member.held.reason", x.Reason, "i18n.held.since", x.Asked, "i18n.held.changed", x.Changed)
	}
	brings := kit.Hold("member.held.brings")
	if asks && x.Kind == Group {
		g := x.Brings
		var whom []kit.Word
		for _, key := range g.For {
			whom = append(whom, kit.Word("group.for."+key))
		}
		brings.Line("i18n.held.name", g.Name, "member.held.form", kit.Word("group.form."+g.Form), "i18n.held.words", g.About, "member.held.area", g.Area,
			"member.held.country", kit.Country(g.Country), "member.held.whom", whom, "member.held.whom-words", g.ForWords)
	}
	answers := kit.Days("member.held.answers", decided)
	renewal := kit.Hold("member.held.renewal")
	if stays != nil {
		renewal.Line("member.held.letters", stays.Letters, "i18n.held.when", stays.Day)
	}
	if err != nil {
		return nil, err
	}
	said, err := answersBy(ctx, s.db, sub.Personas)
	vouched := kit.Hold("member.held.vouched")
	for _, w := range said {
		vouched.Line("i18n.held.group", kit.Ref{Room: "group", ID: w.Group}, "member.held.known", w.Answer == "yes", "i18n.held.when", w.Asked)
	}
	if err != nil {
		return nil, err
	}
	wish, err := roleWishOf(ctx, s.db, sub.Member, s.wishesSince())
	role := kit.Hold("member.held.role-wish")
	if wish != nil {
		role.Line("member.held.role", kit.Word("member.role."+string(wish.Role)), "i18n.held.when", wish.Day)
	}
	if err != nil {
		return nil, err
	}
	wishes, err := roleWishesBy(ctx, s.db, sub.Personas)
	var days []time.Time
	for _, w := range wishes {
		days = append(days, w.Day)
	}
	kept, err1 := allMessages(ctx, s.db, sub.Member)
	messages := kit.Hold("member.held.messages")
	for _, m := range kept {
		messages.Line("member.held.subject", m.Subject, "i18n.held.words", m.Paragraphs, "i18n.held.when", m.At, "member.held.new", m.Fresh)
	}
	return []*kit.Holding{account, names, asked, brings, renewal, answers, vouched, role, kit.Days("member.held.role-wishes", days), messages}, errors.Join(err, err1)
}

// All are the ids of every account, for the room that erases.
func (s *Service) All(ctx context.Context) ([]string, error) {
	return db.All(ctx, s.db, db.Text, `SELECT id FROM member_member`)
}

// RestsOn is what somebody is here at this moment.
func (s *Service) RestsOn(ctx context.Context, q db.Querier, member string) (string, error) {
	a, err := byID(ctx, q, member)
	return fmt.Sprint(a.Role, a.Standing, a.Leaving, a.key()), err
}

// erase removes the account and its personas. The last member of the team
// hands over first.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	a, err := locked(ctx, tx, sub.Member)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && a.counted() {
		if err = teamChanges(ctx, tx, a.Role, -1); errors.Is(err, errLast) && sub.Again {
			err = teamGone(ctx, tx)
		}
	}
	if err != nil {
		return err
	}
	if err := job.Forget(ctx, tx, sub.Member); err != nil {
		return err
	}
	// What they said on the way in, if they asked again with the same address; an
	// empty one is nobody's.
	if err := job.Forget(ctx, tx, id.Hash(sub.Email)); err != nil {
		return err
	}
	pictures, err := picturesOf(ctx, tx, sub.Member)
	for _, key := range pictures {
		err = errors.Join(err, s.pictures.LetGo(ctx, tx, key))
	}
	return errors.Join(err, remove(ctx, tx, sub.Member, sub.Personas))
}
