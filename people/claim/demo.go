package claim

import (
	"context"

	"withus.example/platform/kit"
)

// demo lets some people ask for groups.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error { return nil }
