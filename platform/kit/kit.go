// Package kit is what a room hands over: one value that says everything the
// house has to know of it. The roof loops over these values; no room is named
// anywhere else.
package kit

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fact"
	"withus.example/platform/i18n"
	"withus.example/platform/job"
	"withus.example/platform/list"
	"withus.example/platform/media"
	"withus.example/platform/record"
	"withus.example/platform/search"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Module is a room. Every field may be empty.
type Module struct {
	Name        string   // the room's one word: its package, table, permission and locale prefix
	Paths       []string // top path segments it owns: "groups" for /groups/…; "you/agreed" for a page under one of the roof's
	Migrations  fs.FS
	Locale      fs.FS
	Permissions []access.Permission
	Routes      []web.Route
	Jobs        map[string]job.Handler
	Cron        []job.Schedule
	On          []fact.Hearing
	Nav         []ui.Link
	Always      []ui.Link // on every page, before any sign-in: where help is
	Hero        []ui.Link // buttons at the top of the first page, by what one can do there
	Home        Panel     // its part of the first page
	You         Panel     // its part of the reader's own page
	Switches    []Switch  // what of it a network may switch off
	Desk        Panel     // its part of the desk: what waits there for the network team

	// Parts are its parts of the pages about other rooms' things, by the room
	// whose things they are.
	Parts map[string]Part

	// Cards are how things of the room look in a list: what this viewer may
	// see, and nothing for the rest.
	Cards func(ctx context.Context, v *access.Viewer, l *i18n.Lang, ids []string) (map[string]ui.Card, error)

	// Saying gives what people said in the room.
	Saying Saying

	// Asks is what the room asks of those who look after groups.
	Asks *Asks

	// Purposes are what the room asks people's consent for.
	Purposes []Purpose
	// Fates say what becomes of what a person leaves in the room.
	Fates []Fate
	// Retention says what the room keeps for a time only.
	Retention []Retention

	// Shelve writes anew whatever of the room can be found: no backup holds it.
	Shelve func(ctx context.Context) error

	// Export gives everything the room holds about a person, and nothing that is
	// somebody else's.
	Export func(ctx context.Context, s Subject) ([]*Holding, error)
	// Erase forgets the person in the room's tables.
	Erase func(ctx context.Context, tx *db.Tx, s Subject) error
	// Demo fills the room with invented people and things.
	Demo func(ctx context.Context, d *Demo) error
}

// Switch is something of a room that a network may do without. Switched off, its
// addresses are not found, the JSON API's included, and no menu leads there.
type Switch struct {
	Key   string   // its name in the settings, and the locale key of what it is called
	Paths []string // the top path segments that go with it, among the room's own
}

// Purpose is something that is done with what is known of a person, and for
// which they are asked.
type Purpose struct {
	Key    string // locale key of what it is called; with ".text", of the words that are agreed to
	Needed bool   // being here rests on it: it ends by leaving, and is asked on the way in alone
}

// Fate is what becomes of something of a person's when they leave.
type Fate struct {
	Key  string // locale key of what it is
	Kept Kept
}

// Kept is how much of it stays.
type Kept int

// What becomes of things.
const (
	Removed  Kept = iota // nothing of it stays
	Nameless             // it stays, and nothing leads to whose it was
	Owned                // it stays as it is: it is a group's, or the network's
)

// Retention is something that is kept for a time, and then dropped by work that
// comes round.
type Retention struct {
	Key string        // locale key of what it is
	For time.Duration // how long; then it goes with the next round
	By  string        // the schedule that drops it, this room's or another's
}

// Panel is a room's part of a page that belongs to none. A nil component shows
// nothing.
type Panel func(r *web.Request) (templ.Component, error)

// Part is a room's part of the page about another room's thing. A nil component
// shows nothing.
type Part func(r *web.Request, about web.Thing) (templ.Component, error)

// Asks is what a room asks of those who look after groups. One mail a month
// gathers it from all rooms, and the page it leads to answers each line with one
// press, for whoever has the mail: their viewer holds the groups, and has no
// account.
type Asks struct {
	// Waiting gives the groups that are asked something.
	Waiting func(ctx context.Context) ([]string, error)
	// New counts what some groups are asked since a day.
	New func(ctx context.Context, v *access.Viewer, groups []string, since time.Time) (int, error)
	// Lines shows all that they are asked, as forms for the page these stand on:
	// the room's name in the field of, which line it is in about, and answer.
	Lines func(r *web.Request, v *access.Viewer, groups []string) (templ.Component, error)
	// Answer answers a line, and gives the locale key of what is said then.
	Answer func(ctx context.Context, v *access.Viewer, about, answer string) (done string, err error)
}

// Subject is a person, as erasing and exporting know them: the account, and
// every persona it has.
type Subject struct {
	Member   string
	Email    string // empty: none
	Login    string // what stands for the name they sign in by; empty: none
	Personas []string
	// Again: they were erased, and a backup brought them back. Nothing stands in
	// the way of erasing them once more, not even that nobody else is on the team.
	Again bool
}

// Demo is a demo network while it is made. Rooms are asked in their order, and
// the later ones find here what the earlier ones made.
type Demo struct {
	Rand     *rand.Rand
	Members  int // how many to make
	Groups   int
	Personas []string // of the members made
	People   []Person // example people to sign in as
}

// Person is an example person of the demo network.
type Person struct {
	Role     string `json:"role"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Member   string `json:"-"` // account id, for people/* only
	Persona  string `json:"-"`
}

// Ground is the ground floor's own tables, which every room stands on.
var Ground = []db.Migrations{db.Ground, access.Ground, record.Ground, search.Ground, job.Ground, web.Ground}

// GroundTexts are the ground floor's own texts.
var GroundTexts = []fs.FS{i18n.Ground, ui.Ground, media.Ground, list.Ground}
