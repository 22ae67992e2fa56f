package place

import (
	_ "embed" // the text
	"strings"
	"sync"
)

// exonymsText is what large towns are called in the languages of the house where
// that is not how the gazetteer writes them and no rule of letters leads from
// one to the other: Londres, القاهرة. Each line is a country and the gazetteer's
// name, then by language the others, the usual one first. The gazetteer has one
// name of each.
//
//go:embed exonyms.txt
var exonymsText string

// elsewhere is a town as the gazetteer has it.
type elsewhere struct{ country, key string }

// others are what towns are called elsewhere.
type others struct {
	towns map[string][]elsewhere          // by the folded name others have for them
	names map[elsewhere]map[string]string // by language
}

var exonyms = sync.OnceValue(func() others {
	out := others{map[string][]elsewhere{}, map[elsewhere]map[string]string{}}
	for line := range strings.Lines(exonymsText) {
		town, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		country, name, _ := strings.Cut(town, " ")
		e := elsewhere{country, fold(name)}
		out.names[e] = map[string]string{}
		for part := range strings.SplitSeq(rest, "; ") {
			lang, names, _ := strings.Cut(part, " ")
			for n := range strings.SplitSeq(names, ", ") {
				if out.names[e][lang] == "" {
					out.names[e][lang] = n
				}
				out.towns[fold(n)] = append(out.towns[fold(n)], e)
			}
		}
	}
	return out
})

// leastCalled is how many people live in a town that others call otherwise: a
// village of the same name in the same country is not meant.
const leastCalled = 20_000

// In is what a town is called in a language, as far as that is known; else its
// name. Of a country it is empty, as that is.
func (p *Place) In(lang string) string {
	if p.Population >= leastCalled {
		if n := exonyms().names[elsewhere{p.Country, fold(p.Name)}][lang]; n != "" {
			return n
		}
	}
	return p.Name
}
