package list

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Note is what there is to say of a file, a row or a cell: a locale key with
// its arguments, texts and whole numbers. It is an error where something can't
// be read.
type Note struct {
	Key  string `json:"key"`
	Args []any  `json:"args,omitempty"`
	Of   *Note  `json:"of,omitempty"` // the reason, which the text calls {why}
}

// Say makes a note.
func Say(key string, args ...any) Note { return Note{Key: key, Args: args} }

// Error is for logs and tests; people are told by In.
func (n Note) Error() string { return fmt.Sprint(n.Key, n.Args, n.Of) }

// In puts a note into words.
func (n Note) In(t func(key string, args ...any) string) string {
	args := n.Args
	if n.Of != nil {
		args = append(slices.Clip(args), "why", n.Of.In(t))
	}
	return t(n.Key, args...)
}

// UnmarshalJSON gives whole numbers back as they were: they choose plurals.
func (n *Note) UnmarshalJSON(b []byte) error {
	type plainNote Note
	if err := json.Unmarshal(b, (*plainNote)(n)); err != nil {
		return err
	}
	for i, a := range n.Args {
		if f, ok := a.(float64); ok {
			n.Args[i] = int(f)
		}
	}
	return nil
}
