package kit

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"withus.example/platform/search"
	"withus.example/platform/ui"
)

// Holding is what a room holds about a person, of one kind: lines of the same
// fields, or one line alone. It is read on a page, and taken away as JSON.
type Holding struct {
	Key   string // locale key of what it is; its last part is its name in JSON
	Lines []Line
}

// Line is one thing that is held, field by field, in the order to read them.
type Line []Field

// Field is one thing that is known. Its value is a string, a []string, a bool,
// an int, a time.Time, a Word, []Word, a Ref, a Lang, a Country or a *File; an empty one
// is not shown on the page.
type Field struct {
	Key   string // locale key; its last part is the name in JSON
	Value any
}

// Word is a value that has a name in each language: a locale key, whose last part
// stands in JSON.
type Word string

// Lang is the code of a language, and Country that of a country.
type (
	Lang    string
	Country string
)

// File is a file of theirs: it goes into a copy under its name, and is seen at its
// path until then. Words say what is to be seen on it.
type File struct {
	Name, Path, Words string
	Open              func(context.Context) (io.ReadCloser, error)
}

// MarshalJSON writes a file by its name.
func (f *File) MarshalJSON() ([]byte, error) { return json.Marshal(f.Name) }

// Ref points at a thing of a room.
type Ref = search.Ref

// Hold begins a holding.
func Hold(key string) *Holding { return &Holding{Key: key} }

// Line adds what is held of one thing: keys and values in turn.
func (h *Holding) Line(pairs ...any) {
	var l Line
	for i := 0; i < len(pairs); i += 2 {
		l = append(l, Field{pairs[i].(string), pairs[i+1]})
	}
	h.Lines = append(h.Lines, l)
}

// Days is a holding of days alone: when somebody did something.
func Days(key string, all []time.Time) *Holding {
	h := Hold(key)
	for _, day := range all {
		h.Line("i18n.held.when", day)
	}
	return h
}

// Held is everything that is held about a person.
type Held struct {
	Parts  []HeldPart      // by room, in their order
	Things map[Ref]ui.Card // those of its refs that its reader may see
}

// HeldPart is what one room holds.
type HeldPart struct {
	Room     string
	Holdings []*Holding
}

// Refs are the things it points at.
func (h *Held) Refs() []Ref { return values[Ref](h) }

// Files are the files in it.
func (h *Held) Files() []*File {
	return slices.DeleteFunc(values[*File](h), func(f *File) bool { return f == nil })
}

// values are those of a kind.
func values[T any](h *Held) (out []T) {
	for _, part := range h.Parts {
		for _, x := range part.Holdings {
			for _, l := range x.Lines {
				for _, f := range l {
					if v, ok := f.Value.(T); ok {
						out = append(out, v)
					}
				}
			}
		}
	}
	return out
}

// JSON is the same to take away, by room.
func (h *Held) JSON() map[string]any {
	out := map[string]any{}
	for _, part := range h.Parts {
		out[part.Room] = HeldJSON(part.Holdings, h.Things)
	}
	return out
}

// HeldJSON is what one room holds, to take away: kinds of things, each with its
// lines.
func HeldJSON(all []*Holding, things map[Ref]ui.Card) map[string][]map[string]any {
	out := map[string][]map[string]any{}
	for _, x := range all {
		lines := []map[string]any{}
		for _, l := range x.Lines {
			line := map[string]any{}
			for _, f := range l {
				line[last(f.Key)] = f.Value
				switch x := f.Value.(type) {
				case Ref:
					line[last(f.Key)] = map[string]string{"room": x.Room, "id": x.ID, "title": things[x].Title}
				case time.Time:
					if x.Unix() <= 0 { // never
						line[last(f.Key)] = nil
					}
				}
			}
			lines = append(lines, line)
		}
		out[last(x.Key)] = lines
	}
	return out
}

// MarshalJSON writes a word by its last part.
func (w Word) MarshalJSON() ([]byte, error) { return json.Marshal(last(string(w))) }

func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }
