package helpnow

import (
	"embed"
	"slices"

	"withus.example/platform/access"
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
		Name:        "helpnow",
		Paths:       []string{"help"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{read, edit},
		Routes:      slices.Concat(s.pages(), s.api()),
		Always:      []ui.Link{{Path: "/help", Key: "helpnow.title"}},
		Switches:    []kit.Switch{{Key: "helpnow.switch", Paths: []string{"help"}}},
		Home:        s.home,
		Desk:        s.desk,
		Export:      s.export,
		Erase:       s.erase,
		Fates:       []kit.Fate{{Key: "helpnow.fate", Kept: kit.Nameless}},
		Demo:        s.demo,
	}
}
