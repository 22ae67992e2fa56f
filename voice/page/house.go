package page

import (
	"embed"
	"strings"
	"sync"

	"withus.example/platform/prose"
)

// house is what the ordinary pages say before the network has written them, as
// somebody types it: the first line is the title.
//
//go:embed house
var house embed.FS

var houseTexts sync.Map // by file: *Text

// houseText is an ordinary page in the house's words, nil where the house does
// not speak the language.
func houseText(slug, lang string) *Text {
	name := "house/" + lang + "/" + slug + ".txt"
	if t, ok := houseTexts.Load(name); ok {
		return t.(*Text)
	}
	b, err := house.ReadFile(name)
	if err != nil {
		return nil
	}
	title, body, _ := strings.Cut(string(b), "\n")
	t := &Text{Details: Details{Title: title, Body: prose.FromPlain(body).HTML()}, Lang: lang}
	houseTexts.Store(name, t)
	return t
}
