package place

import (
	_ "embed" // the text
	"strings"
	"sync"
)

// exonymsText is what large towns are called in the languages of the house where
// that is not how the gazetteer writes them and no rule of letters leads from
// one to the other: Londres, القاهرة. Each line is a country, the gazetteer's
// name, and the others. The gazetteer has one name of each.
//
//go:embed exonyms.txt
var exonymsText string

// elsewhere is a town as the gazetteer has it.
type elsewhere struct{ country, key string }

// exonyms are those towns by the folded names others have for them.
var exonyms = sync.OnceValue(func() map[string][]elsewhere {
	out := map[string][]elsewhere{}
	for line := range strings.Lines(exonymsText) {
		town, names, _ := strings.Cut(strings.TrimSpace(line), ": ")
		country, name, _ := strings.Cut(town, " ")
		for n := range strings.SplitSeq(names, ", ") {
			out[fold(n)] = append(out[fold(n)], elsewhere{country, fold(name)})
		}
	}
	return out
})
