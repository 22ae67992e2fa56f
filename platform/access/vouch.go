package access

import "slices"

// Word is that a group says it knows somebody, or another group.
type Word struct {
	By         string   // the persona who said so
	Organisers []string // personas
}

// Vouched says whether two groups know somebody that have nobody in common,
// neither with each other nor with that account. owners are the accounts behind
// all those personas: who has two names is one person, and those who have left
// are taken for one.
func Vouched(words []Word, account string, owners map[string]string) bool {
	for i, a := range words {
		if a.has(account, owners) {
			continue
		}
		for _, b := range words[:i] {
			common := a.has(owners[b.By], owners) || slices.ContainsFunc(b.Organisers, func(p string) bool { return a.has(owners[p], owners) })
			if !common && !b.has(account, owners) {
				return true
			}
		}
	}
	return false
}

func (w Word) has(account string, owners map[string]string) bool {
	return owners[w.By] == account || slices.ContainsFunc(w.Organisers, func(p string) bool { return owners[p] == account })
}

// Speakers are all personas in some words.
func Speakers(words []Word) (out []string) {
	for _, w := range words {
		out = append(append(out, w.By), w.Organisers...)
	}
	return out
}
