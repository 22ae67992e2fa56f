package app

import (
	"context"
	"time"

	"withus.example/platform/job"
	"withus.example/platform/kit"
	"withus.example/platform/web"
)

// groundCron is the ground floor's own work that comes round.
func (a *App) groundCron() []job.Schedule {
	return []job.Schedule{
		{Name: "web.tidy", Every: time.Hour, Run: a.Server.Tidy},
		{Name: "job.tidy", Every: time.Hour, Run: func(ctx context.Context) error { return job.Tidy(ctx, a.DB) }},
	}
}

// groundRetention is what the ground floor keeps for a time.
var groundRetention = []kit.Retention{
	{Key: "app.kept.form", For: web.OnceLife, By: "web.tidy"},
	{Key: "app.kept.draft", For: web.DraftLife, By: "web.tidy"},
	{Key: "app.kept.tries", For: web.LimitLife, By: "web.tidy"},
	{Key: "app.kept.shelf", For: job.ShelfLife, By: "job.tidy"},
}

// Rounds are how all work stands that comes round, by its name.
func (a *App) Rounds(ctx context.Context) (map[string]job.Round, error) { return a.Jobs.Rounds(ctx) }
