package member

// What this room asks of others: each of them is handed in by the roof.

import (
	"context"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// Consents is what the room asks of whoever keeps what people agreed to.
type Consents interface {
	// Give writes down that somebody said yes to the words of a purpose in a
	// language.
	Give(ctx context.Context, tx *db.Tx, member, purpose, lang, way string) error
	// Agreed are the accounts whose yes to a purpose stands at this moment.
	Agreed(ctx context.Context, q db.Querier, purpose string) ([]string, error)
}

// Doors is what the room asks of whoever lets people in.
type Doors interface {
	// Enter signs the owner of a new account in.
	Enter(r *web.Request, member string) error
	// Fresh leads whoever has not signed in lately to do so, and then back.
	Fresh(r *web.Request, back string) error
	// Cut makes what a password is kept as, and codes for paper that let in without
	// it; what is wrong with the password is said at a field.
	Cut(ctx context.Context, field, password string) (sealed string, paper []string, err error)
	// KeepCut gives an account that is just being made both.
	KeepCut(ctx context.Context, tx *db.Tx, member, sealed string, paper []string) error
	// AskPaper shows the codes, with whose they are, and asks for one of them.
	AskPaper(p *ui.Page, f *ui.Form, login string, paper []string) templ.Component
	// OnPaper says whether what was typed is one of the codes.
	OnPaper(paper []string, typed string) bool
}

// Watch is what the room asks of whoever writes down who looks at what, and
// forgets people.
type Watch interface {
	// Looked notes that the viewer looked at something of a person's that is not
	// for everybody; what is a locale key.
	Looked(ctx context.Context, v *access.Viewer, member, what string) error
	// Forget erases an account everywhere, at once and for good.
	Forget(ctx context.Context, member string) error
}

// Words is what the room asks of whoever keeps the network's words.
type Words interface {
	// ForOneself are words that people here use of themselves, in a reader's
	// language. They are offered: each person chooses their own.
	ForOneself(ctx context.Context, l *i18n.Lang) ([]string, error)
}

// Groups is what the room asks of whoever keeps the groups.
type Groups interface {
	// AskNew are the questions about a new group: what it is, or whom it is for.
	AskNew(ctx context.Context, p *ui.Page, f *ui.Form, whom bool) (templ.Component, []ui.Field, error)
	// CheckNew cleans what was said, and says what is wrong with it by the names
	// of those questions.
	CheckNew(ctx context.Context, g *NewGroup) error
	// SayNew is what was said, to read: locale keys, each with words.
	SayNew(ctx context.Context, p *ui.Page, g NewGroup) ([][2]string, error)
	// Vouchers are those of some groups that may vouch for others; SeenVouchers
	// those among them that a viewer may find, and FindVouchers such by words.
	Vouchers(ctx context.Context, q db.Querier, ids []string) ([]Voucher, error)
	SeenVouchers(ctx context.Context, v *access.Viewer, ids []string) ([]Voucher, error)
	FindVouchers(ctx context.Context, v *access.Viewer, words string) ([]Voucher, error)
	// Found makes the page of a group, hidden, for a persona to look after.
	Found(ctx context.Context, tx *db.Tx, g NewGroup, organiser string) error
}

// Invitations is what the room asks of whoever keeps invitations.
type Invitations interface {
	// Invited is what an invitation opens at this moment; NotFound if nothing.
	Invited(ctx context.Context, q db.Querier, key string) (Invitation, error)
	// Use spends one: of two who come with the same one is told NotFound.
	Use(ctx context.Context, tx *db.Tx, key string) error
}

// Invitation is what an invitation opens. It is another name for a bare struct.
type Invitation = struct {
	Role   access.Role // no more than this
	Team   bool        // it is the network team's
	AtOnce bool        // nobody is asked whether they may come in
	Bound  string      // hash of the one address that may use it; empty: any
}

// MeetInvitations tells the room who keeps them.
func (s *Service) MeetInvitations(x Invitations) { s.invitations = x }

// Meet tells the room whom it asks: they are there after it.
func (s *Service) Meet(doors Doors, consents Consents, watch Watch, words Words, groups Groups) {
	s.doors, s.consents, s.watch, s.words, s.groups = doors, consents, watch, words, groups
}
