package member

import (
	"embed"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/fact"
	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        "member",
		Paths:       []string{"join", "desk/joining", "desk/kinds", "desk/members", "you/seen", "you/about", "vouching", "you/names", "name-pictures", "you/membership", "you/messages", "stay", "desk/numbers", "desk/numbers.csv"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{joinable, applying, welcoming, mine, answering, vouching, counting, keeping, reading},
		Routes:      slices.Concat(s.joinPages(), s.paperPages(), s.deskPages(), s.kindPages(), s.rollPages(), s.wishPages(), s.aboutPages(), s.withdrawPages(), s.vouchPages(), s.namePages(), s.renewalPages(), s.numberPages(), s.messagePages()),
		Jobs:        map[string]job.Handler{joinJob: s.mailJoin, answerJob: s.news("member.answer.text"), vouchJob: s.mailVouch, renewalJob: s.renewal, roleJob: s.news("member.role.changed"), PictureJob: s.pictures.Drop},
		Cron: []job.Schedule{{Name: "member.tidy", Every: time.Hour, Run: s.tidy}, {Name: "member.renewals", Every: time.Hour, Run: s.renewals},
			{Name: "member.numbers", Every: time.Hour, Run: s.recount}},
		On:       []fact.Hearing{fact.On(s.proven)},
		Hero:     []ui.Link{{Path: joinPath, Key: "member.join"}},
		Purposes: []kit.Purpose{{Key: Membership, Needed: true}, {Key: Counted}},
		Desk:     s.desk,
		You:      s.you,
		Export:   s.export,
		Erase:    s.erase,
		Fates:    []kit.Fate{{Key: "member.fate.account", Kept: kit.Removed}, {Key: "member.fate.decided", Kept: kit.Nameless}, {Key: "member.fate.vouched", Kept: kit.Nameless}},
		Retention: []kit.Retention{
			{Key: "member.kept.name", For: nameRests, By: "member.tidy"},
			{Key: "member.kept.unnamed", For: unnamedFor, By: "member.tidy"},
			{Key: "member.kept.role", For: roleWishFor, By: "member.tidy"},
			{Key: "member.kept.answered", For: answeredFor, By: "member.tidy"},
			{Key: "member.kept.refused", For: answeredFor, By: "member.tidy"},
			{Key: "member.kept.join", For: wantLife, By: "web.tidy"},
			{Key: "member.kept.stay", For: stayLife, By: "web.tidy"},
			{Key: "member.kept.message", For: messageLife, By: "member.tidy"},
		},
		Demo: s.demo,
	}
}
