// Package arrival is people who come from another list, or on paper: the network
// team enters them, with what they agreed to, word for word. They have an account
// at once, and are not here yet: nobody writes to them until the team says so,
// nothing is assumed, and each says on arrival what stays and what goes.
package arrival

import (
	"context"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/kit"
	"withus.example/platform/list"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Newcomer is somebody who is expected, or arrives, as the accounts' room knows
// them.
type Newcomer = struct {
	Email   string
	Name    string
	Kind    string
	Lang    string
	Country string
	Does    []string
	Own     string // what they do, in their words
	Since   time.Time
}

// Said is something that somebody said elsewhere, as the ledger takes it.
type Said = struct {
	Purpose string
	Given   bool
	Words   string
	Lang    string
	Way     string
	At      time.Time
}

// People is what the room asks of whoever keeps the accounts.
type People interface {
	// Have are those of some addresses that have an account, with the account.
	Have(ctx context.Context, q db.Querier, emails []string) (map[string]string, error)
	// AskedOnPaper are what the printed form asks somebody about themselves, and is
	// typed in: the name others see, what they do, and the same in their words.
	AskedOnPaper(p *ui.Page) (name, does, own ui.Field)
	// Expect makes the account of somebody who is expected.
	Expect(ctx context.Context, tx *db.Tx, x Newcomer) (member string, err error)
	// Expected are those of some accounts whose owners are expected, and not about to
	// leave.
	Expected(ctx context.Context, q db.Querier, members []string) (map[string]Newcomer, error)
	// Waits are those of some accounts that are expected, whether their owners are
	// about to leave or not.
	Waits(ctx context.Context, q db.Querier, members []string) ([]string, error)
	// Offers are the kinds in which somebody expected in one may arrive.
	Offers(ctx context.Context, q db.Querier, kind string) ([]string, error)
	// Arrive lets somebody who is expected into the network.
	Arrive(ctx context.Context, tx *db.Tx, member string, x Newcomer, proven bool) error
	// WriteExpected sends a letter to somebody who is expected; NotFound if they
	// are not.
	WriteExpected(ctx context.Context, member string, write func(l *i18n.Lang, origin string) mail.Letter) error
}

// Consents is what the room asks of whoever keeps what people agreed to.
type Consents interface {
	// Asked are the purposes people are asked about.
	Asked() []kit.Purpose
	// Stand are the yeses of somebody that stand, with their words.
	Stand(ctx context.Context, q db.Querier, member string) (map[string]string, error)
	// Carry writes down what somebody said.
	Carry(ctx context.Context, tx *db.Tx, member string, c Said) error
}

// Privacy is what the room asks of whoever forgets people, and writes down who
// looked at them.
type Privacy interface {
	// Forget erases an account everywhere, at once and for good.
	Forget(ctx context.Context, member string) error
	// LookedAtAll notes that the viewer looked at something of some people's.
	LookedAtAll(ctx context.Context, v *access.Viewer, members []string, what string) error
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Ready has the sign-in page of a browser know an address; what it gives is for
	// once the transaction is done.
	Ready(ctx context.Context, tx *db.Tx, email string) (hold func(*web.Request), err error)
}

// The ways something was said.
const (
	byForm  = "form"
	byPaper = "paper"
	byList  = "list"
)

// Letters is what somebody takes back who does not want to be written to. Nobody
// is asked for a yes to it here: it stands in the ledger as the old list had it.
const Letters = "arrival.letters"

const (
	fileKept   = 7 * 24 * time.Hour   // of a list that nobody goes on with
	stuckAfter = 24 * time.Hour       // without a row of a list brought in
	personKept = 365 * 24 * time.Hour // of somebody who does not come, and of a "not for me"
	linkLife   = 30 * 24 * time.Hour  // of the link in a letter
	between    = 30 * 24 * time.Hour  // from a letter to the one that reminds
	atOnce     = 50                   // letters each time round
	mostRows   = 50_000               // of a list
	mostShown  = 50                   // people on a page of the desk
	mostTold   = 300                  // remarks on a list
	letters    = 2                    // the first one, and one that reminds
)

// What becomes of a list.
const (
	choosing = "choosing" // somebody says what its columns are
	marking  = "marking"  // and what the words in them mean
	checked  = "checked"  // somebody looks what would come of it
	taking   = "taking"   // a job brings it in
	done     = "done"
)

// List is a list of people that the team brought.
type List struct {
	ID      string
	Called  string // what the team calls it; people read it beside what was carried
	At      time.Time
	State   string
	Done    int // rows brought in so far
	Choices Choices
	Account Account

	Stuck bool // it has been brought in for a day, and goes nowhere

	author string // persona; empty: whoever runs the machine, or somebody who has left
	round  int    // raised whenever somebody does something with it
	moved  time.Time
	file   []byte
}

// Account is what comes, or came, of a list. It names nobody.
type Account struct {
	Rows, New, Here, Twice, Refused, Quiet, LeftOut int

	No   int // rows of Here and Twice that say no to something
	Back int // rows of New, Here and Twice of people whose letters came back

	Yes     map[string]int // carried, by purpose
	Remarks []Remark
	Stop    *list.Note // why it could not be read to its end
}

// Remark is what there is to say of a line of the file; 1 is the first.
type Remark struct {
	Line int
	Why  list.Note
}

func (a *Account) remark(line int, why list.Note) {
	if len(a.Remarks) < mostTold {
		a.Remarks = append(a.Remarks, Remark{line, why})
	}
}

// How somebody stands who came over.
const (
	waiting = "waiting"
	stopped = "stopped" // they had unsubscribed: never written to
	bounced = "bounced" // letters came back: never written to
	arrived = "arrived"
)

// Person is somebody who came over.
type Person struct {
	Member  string
	Called  string // the list; empty: on paper
	Day     time.Time
	State   string
	Carried Carried

	Newcomer // as long as they are expected

	old     string // their id in the old list, with what it was called there
	due     bool   // a letter is to go
	letters int    // that went
	wrote   time.Time
}

// either is one of two texts: of whoever stood on a list, or signed a form.
func (x *Person) either(list, paper string) string {
	if x.Called == "" {
		return paper
	}
	return list
}

// Carried is what came over with somebody, and waits for them to look at it.
type Carried struct {
	Name  string `json:"name"`  // of the list or the form; nobody sees it here before they do
	Since bool   `json:"since"` // the list said since when they belong
}

// Service is the room.
type Service struct {
	db       *db.DB
	langs    *i18n.Catalog
	people   People
	consents Consents
	privacy  Privacy
	doors    Doors
	now      func() time.Time
}

// New opens the room.
func New(d *db.DB, langs *i18n.Catalog, people People, consents Consents, privacy Privacy, doors Doors) *Service {
	return &Service{db: d, langs: langs, people: people, consents: consents, privacy: privacy, doors: doors, now: time.Now}
}

var (
	bringing = access.Permission{Name: "arrival.bring", Roles: []access.Role{access.Team}}
	arriving = access.Permission{Name: "arrival.arrive", Anyone: true}
	mine     = access.Permission{Name: "arrival.mine", Roles: []access.Role{access.Expected}}
)
