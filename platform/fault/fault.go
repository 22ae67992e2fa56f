// Package fault is the one error type of the house: a key for the person who
// reads it, a cause for the one who runs the network.
//
// A fault says what kind of thing went wrong and carries a locale key, never a
// sentence: it is put into words at the edge, in the reader's language. Its
// cause goes to the log and nowhere else.
package fault

import (
	"errors"
	"time"
)

// Kind says what went wrong, and so how it is answered.
type Kind int

// The zero Kind is Internal: a fault nobody thought about is ours, not theirs.
const (
	Internal Kind = iota // something of ours broke
	Invalid              // what was sent can't be used; Problems says why
	NotFound             // there is nothing there, or nothing this person may see
	Denied               // seen, but not theirs to do
	Conflict             // somebody else changed it first, or it already exists
	Limited              // too much, too often; After says when to try again
)

// Problem is one thing wrong with what was sent.
type Problem struct {
	Field string // name of the form or JSON field; empty for the whole
	Key   string // locale key, "error.missing" for example
	Args  []any  // pairs of name and value for the key's text
}

// Error is a fault.
type Error struct {
	Kind     Kind
	Key      string        // locale key of the sentence for the person; empty: the kind's own
	Args     []any         // pairs of name and value for the key's text
	Problems []Problem     // what is wrong, field by field; Invalid only
	After    time.Duration // how long to wait; Limited only
	From, To string        // the part of the address that was asked for, and what stands there now; NotFound only
	Err      error         // the cause, for the log; may be nil
}

// Error is for the log; people read Key.
func (e *Error) Error() string {
	s := [...]string{"internal", "invalid", "not found", "denied", "conflict", "limited"}[e.Kind]
	if e.Key != "" {
		s += " (" + e.Key + ")"
	}
	for _, p := range e.Problems {
		s += " " + p.Field + ":" + p.Key
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a fault of a kind with a locale key (may be empty).
func New(k Kind, key string, args ...any) *Error { return &Error{Kind: k, Key: key, Args: args} }

// Wrong makes an Invalid fault of one problem.
func Wrong(field, key string, args ...any) *Error {
	return &Error{Kind: Invalid, Problems: []Problem{{field, key, args}}}
}

// Missing is what is answered for things that are not there and, word for
// word the same, for things this person may not see.
func Missing() *Error { return &Error{Kind: NotFound} }

// Of gives the fault inside err. Any other error is an Internal fault with err
// as its cause; nil stays nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return &Error{Err: err}
}

// Is says whether err is a fault of kind k.
func Is(err error, k Kind) bool { return err != nil && Of(err).Kind == k }

// Problems gathers what is wrong with a value while it is checked.
type Problems []Problem

// Add notes a problem.
func (p *Problems) Add(field, key string, args ...any) { *p = append(*p, Problem{field, key, args}) }

// Err is an Invalid fault of all that was noted, or nil.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Problems: p}
}
