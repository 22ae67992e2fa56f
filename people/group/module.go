package group

import (
	"embed"
	"slices"
	"time"

	"withus.example/platform/access"
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
		Name:        "group",
		Paths:       []string{"groups", "groups.atom", "groups.csv", "groups.json", "groups-asked", "groups-suggested", "group-map", "group-imports", "group-duplicates", "words", "group-reminders"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{read, edit, editFree, editWords, editing, speak, remindMe, importGroups},
		Routes:      slices.Concat(s.pages(), s.picturePages(), s.mapPages(), s.importPages(), s.mergePages(), s.files(), s.api()),
		Jobs:        map[string]job.Handler{reshelveJob: s.reshelve, askJob: s.mailAsked, authorJob: s.mailAuthor, pictureJob: s.pictures.Drop, uploadJob: s.workUpload},
		Cron:        []job.Schedule{{Name: "group.asking", Every: 24 * time.Hour, Run: s.AskOrganisers}, {Name: replacing.Name, Every: replacing.Every, Run: s.replace}, {Name: likening.Name, Every: likening.Every, Run: s.Liken}, {Name: "group.lists", Every: time.Hour, Run: s.sweepLists}, {Name: "group.wishes", Every: time.Hour, Run: s.sweepWishes}},
		Retention: []kit.Retention{{Key: "group.kept.list", For: uploadKept, By: "group.lists"}, {Key: "group.kept.report", For: reportKept, By: "group.lists"},
			{Key: "group.kept.wish", For: wishFor, By: "group.wishes"}},
		Nav:  []ui.Link{{Path: "/groups", Key: "group.title"}},
		Hero: []ui.Link{{Path: "/groups", Key: "group.find"}},
		Switches: []kit.Switch{
			{Key: "group.part.map", Paths: []string{"group-map"}},
			{Key: "group.part.files", Paths: []string{"groups.csv", "groups.json", "groups.atom"}},
		},
		Home:   s.home,
		You:    s.you,
		Desk:   s.desk,
		Cards:  s.Cards,
		Saying: s.saying,
		Shelve: s.shelveAll,
		Export: s.export,
		Erase:  s.erase,
		Fates:  []kit.Fate{{Key: "group.fate.groups", Kept: kit.Owned}, {Key: "group.fate.changes", Kept: kit.Nameless}, {Key: "group.fate.suggested", Kept: kit.Removed}},
		Demo:   s.demo,
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
