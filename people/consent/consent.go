// Package consent is the ledger of what people agreed to: the very words they
// were shown, when, in which language, and how they said yes; and when they
// took it back. Rooms declare what they ask (kit.Purpose); nothing is done
// without a yes, and a yes taken back counts from the next request on.
package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// The ways a yes is given or taken back.
const (
	Form  = "form"  // by the person, on a page here
	Paper = "paper" // signed, and entered by the team
	List  = "list"  // carried over from a list of before
	Again = "again" // taken back once more, where a backup had brought it back
)

// Entry is a line of the ledger.
type Entry struct {
	ID      string    `json:"-"`
	Purpose string    `json:"purpose"`
	Given   bool      `json:"given"`   // else taken back
	Words   string    `json:"words"`   // as they were shown; of what was taken back, nothing
	Version string    `json:"version"` // of the words; see version
	Lang    string    `json:"language"`
	Way     string    `json:"way"`
	At      time.Time `json:"at"`
}

// Carried is what somebody said elsewhere: on a list of before, or on paper. The
// room that carries it over knows no other room's words for it.
type Carried = struct {
	Purpose string
	Given   bool   // else taken back there
	Words   string // as they were said; empty: those of the purpose here
	Lang    string
	Way     string    // Paper or List
	At      time.Time // the day it was said, or noted here
}

// version tells one wording of a purpose from another: it follows from the
// words, so that nobody has to remember to count it up.
func version(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:4])
}
