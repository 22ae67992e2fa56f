package kit

import (
	"context"
	"time"

	"withus.example/platform/ui"
)

// As what something is said, besides one of somebody's names.
const (
	// Unnamed: by a persona that is there for this one thing. Nobody sees a name;
	// its author finds it again, hears what comes of it, and can be found out on
	// the grounds the network published before.
	Unnamed = "unnamed"
	// Anonymous: by nobody. No link exists anywhere; whoever has the key, shown
	// once, takes it back.
	Anonymous = "anonymous"
)

// Voice is a persona as its owner knows it.
type Voice struct {
	Persona, Name string
	Unnamed       bool // made for one thing that was said without a name
	Retired       bool // nothing more is said by it
}

// AsField is the question under which name something is said, of somebody with
// these voices. Nothing is chosen for them.
func AsField(p *ui.Page, voices []Voice) ui.Field {
	q := ui.Field{Name: "as", Label: "i18n.as"}
	for _, x := range voices {
		if !x.Unnamed && !x.Retired {
			q.Options = append(q.Options, ui.Option{Value: x.Persona, Text: p.T("i18n.as.name", "name", x.Name)})
		}
	}
	for _, as := range []string{Unnamed, Anonymous} {
		q.Options = append(q.Options, ui.Option{Value: as, Text: p.T("i18n.as." + as), Hint: p.T("i18n.as." + as + "-hint")})
	}
	return q
}

// Said is something that somebody said, as they find it at "My voice".
type Said struct {
	ID      string
	Persona string    // theirs, that said it
	Day     time.Time // of the day: moments lead from one thing to another
	What    string    // locale key of what it is
	About   Ref       // what it was said about
	Words   string
	Back    string // address that takes it back: a form with the id in the field "said"
}

// Voices is where somebody finds what they said, of all rooms.
const Voices = "/you/voice"

// Saying gives what a room has of some personas of one person's, for them alone to
// read, the latest first.
type Saying func(ctx context.Context, personas []string) ([]Said, error)
