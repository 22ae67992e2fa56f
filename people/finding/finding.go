// Package finding is the one door through which a name leads to an account: finding
// out who wrote something. On grounds the network published before that person
// joined, by two people who look after it, and told to the person.
//
// Nothing is known of the account before two people agreed, and then only whose
// it is: the room says the same of a name that nobody goes by, of one whose owner
// was erased, and of one who was here before the ground was published. Any other
// answer would be an answer about somebody whom nobody may ask about. It comes
// after both agreed for the same reason: a refusal at once would let one person
// alone try name after name, and learn who has been here for how long.
package finding

import (
	"slices"
	"time"
	"unicode/utf8"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// grounds are those a network may publish, in the order they are read in.
var grounds = []string{"life", "threat", "court"}

// Ground is one of them as the network has it.
type Ground struct {
	Key   string
	Since time.Time // the moment it was published; 1970: it is not
}

// On says whether a ground is published.
func (g Ground) On() bool { return happened(g.Since) }

// State is where a wish is.
type State string

// The states.
const (
	Waiting State = "waiting" // for a second one
	Refused State = "refused" // the second one said no
	Lapsed  State = "lapsed"  // no second one came, or who asked is gone
	Nobody  State = "nobody"  // both agreed, and there is nobody to find on this ground
	Found   State = "found"   // both agreed, and those two may see who it is
)

// Times and sizes.
const (
	waitFor  = 14 * 24 * time.Hour      // for a second one
	seenFor  = 7 * 24 * time.Hour       // how long those two may see who it is
	mostHeld = 180                      // days the person may not be told
	foundFor = 3 * 365 * 24 * time.Hour // how long it is kept that somebody was found
	askedFor = 365 * 24 * time.Hour     // how long it is kept that it was asked and not done

	maxName   = 60 // as long as a name may be here
	maxPlace  = 300
	maxWords  = 2000
	minReason = 20 // characters: "spam" is no reason
)

// Wish is somebody's wish to find out who wrote something.
type Wish struct {
	ID     string
	State  State
	Ground string
	Name   string // as it stands beside the words
	Place  string // where they stand
	Words  string
	Reason string
	Danger string    // that telling the person would bring; empty: none
	TellOn time.Time // the day they are told in spite of it
	Asker  string    // persona; empty: they were erased
	Second string    // persona; empty: nobody yet, or erased
	Answer string    // the second one's words
	Held   bool      // the second one confirmed the danger
	Asked  time.Time
	// Changed is when it came into its state: of Found, when those two agreed.
	Changed time.Time
	Told    time.Time // when the person was told; 1970: they are not yet

	about string // persona; empty: nobody goes by that name, or they were erased
}

// never is a moment that has not come.
var never = time.Unix(0, 0).UTC()

func happened(t time.Time) bool { return t.Year() > 1970 }

// Ask is what somebody says who wants to find out.
type Ask struct {
	Words, Place, Name, Ground, Reason string
	Danger, Day                        string // Day as 2006-01-02; both or neither
}

// validate cleans what is asked, and says what is wrong with it. It gives the day
// the person is told if the danger is confirmed.
func (a *Ask) validate(now time.Time) (tellOn time.Time, err error) {
	var p fault.Problems
	p.Text("words", &a.Words, maxWords, fault.Required)
	p.Line("place", &a.Place, maxPlace, fault.Required)
	p.Line("name", &a.Name, maxName, fault.Required)
	p.Choice("ground", a.Ground, grounds...)
	p.Text("reason", &a.Reason, maxWords, fault.Required)
	if a.Reason != "" && utf8.RuneCountInString(a.Reason) < minReason {
		p.Add("reason", "finding.reason-short")
	}
	p.Text("danger", &a.Danger, maxWords, fault.Optional)
	p.Line("day", &a.Day, maxName, fault.Optional)
	tellOn = never
	if a.Danger != "" {
		day, err := time.Parse(time.DateOnly, a.Day)
		if today := db.Day(now); err != nil || !day.After(today) || day.After(today.AddDate(0, 0, mostHeld)) {
			p.Add("day", "finding.day-wrong", "n", mostHeld)
		}
		tellOn = day
	} else if a.Day != "" {
		p.Add("danger", "finding.danger-missing")
	}
	return tellOn, p.Err()
}

// Answer is what the second one says.
type Answer struct {
	What   string // agree or disagree
	Words  string
	Danger string // yes or no: whether they confirm it; empty where none is stated
}

const (
	agree    = "agree"
	disagree = "disagree"
)

func (a *Answer) validate(x *Wish) error {
	var p fault.Problems
	p.Choice("what", a.What, agree, disagree)
	if a.What == agree && x.Danger != "" {
		p.Choice("danger", a.Danger, "yes", "no")
	}
	p.Text("words", &a.Words, maxWords, fault.Required)
	return p.Err()
}

// few is under how many it is not said how often somebody was found.
const few = 10

// often is how often somebody was found, as it may be said: 0 where it may not.
func often(n int) int {
	if n < few {
		return 0
	}
	return n / 5 * 5
}

func known(ground string) bool { return slices.Contains(grounds, ground) }
