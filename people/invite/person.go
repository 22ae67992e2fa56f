package invite

import (
	"context"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

// export gives what the room holds about a person: that they invited somebody,
// when and to what. To whom is somebody else's.
func (s *Service) export(ctx context.Context, sub kit.Subject) ([]*kit.Holding, error) {
	all, err := by(ctx, s.db, sub.Personas)
	if err != nil {
		return nil, err
	}
	made := kit.Hold("invite.held.made")
	for _, x := range all {
		made.Line("invite.held.role", kit.Word("invite.as."+string(x.Role)), "invite.held.team", x.ByTeam, "invite.held.mailed", x.Mailed,
			"i18n.held.words", x.Note, "invite.held.state", kit.Word("invite.state."+string(x.Stands(s.now()))), "i18n.held.when", x.Made, "invite.held.ends", x.Ends)
	}
	days, err := seconded(ctx, s.db, sub.Personas)
	return []*kit.Holding{made, kit.Days("invite.held.agreed", days)}, err
}

// erase forgets a person: what they made opens nothing any more.
func (s *Service) erase(ctx context.Context, tx *db.Tx, sub kit.Subject) error {
	return forget(ctx, tx, sub.Personas, sub.Email, id.Hash(sub.Email))
}

// demo lets an example member have made three invitations, and one of the team
// ask for a second yes.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	by := map[string]string{}
	for _, p := range d.People {
		if by[p.Role] == "" {
			by[p.Role] = p.Persona
		}
	}
	if by["member"] == "" || by["team"] == "" {
		return nil
	}
	today := db.Day(s.now())
	day := func(ago int) (x Invite) {
		return Invite{ID: id.New(ctx), Inviter: by["member"], Role: access.Member, State: Open, Made: today.AddDate(0, 0, -ago), Ends: today.AddDate(0, 0, -ago).Add(life), lang: "en"}
	}
	waits, used, back, team := day(3), day(20), day(9), day(1)
	waits.Note, waits.key = "For the woman with the accordion", hash(newCode())
	used.Note, used.Mailed, used.State, used.Ends = "From the night bus", true, Used, used.Made.AddDate(0, 0, 2)
	back.Note, back.Role, back.State, back.Ends = "My cousin, who helps", access.Supporter, Withdrawn, back.Made.AddDate(0, 0, 1)
	team.Inviter, team.ByTeam, team.AtOnce, team.Role, team.State = by["team"], true, true, access.Moderator, Asked
	team.Mailed, team.email, team.bound = true, "invited@withus.example", id.Hash("invited@withus.example")
	if err := bulk(ctx, s.db, []Invite{waits, used, back, team}); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setMembers(ctx, tx, true) })
}
