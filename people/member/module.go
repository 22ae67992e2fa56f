package member

import (
	"embed"

	"withus.example/platform/fact"
	"withus.example/platform/kit"
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Module is what the room hands over.
func (s *Service) Module() kit.Module {
	return kit.Module{
		Name:       "member",
		Migrations: migrations,
		Locale:     locale,
		On:         []fact.Hearing{fact.On(s.proven)},
		You:        s.you,
		Export:     s.export,
		Erase:      s.erase,
		Demo:       s.demo,
	}
}
