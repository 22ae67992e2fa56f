package consent

import (
	"embed"

	"withus.example/platform/access"
	"withus.example/platform/kit"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:        Room,
		Paths:       []string{"you/agreed", "you/agreed-not"},
		Migrations:  migrations,
		Locale:      locale,
		Permissions: []access.Permission{mine},
		Routes:      s.pages(),
		You:         s.you,
		Export:      s.export,
		Erase:       s.erase,
		Demo:        s.demo,
		Fates:       []kit.Fate{{Key: "consent.fate", Kept: kit.Nameless}},
	}
}
