package group

import (
	"slices"
	"strings"

	"withus.example/platform/i18n"
	"withus.example/platform/search"
)

// spelling finds the keys behind what people write in a spreadsheet: the words
// of the house in any of its languages do as well as the keys.
type spelling struct {
	langs *i18n.Catalog
	words map[string]map[string]string // column → folded words → key
}

func newSpelling(langs *i18n.Catalog, v *Vocabulary) *spelling {
	s := &spelling{langs, map[string]map[string]string{"for": {}, "support": {}, "form": {}, "country": {}}}
	// The first to claim some words keeps them: the list must come out the same
	// each time.
	add := func(column, words, key string) {
		if folded := search.SortKey(words); folded != "" && s.words[column][folded] == "" {
			s.words[column][folded] = key
		}
	}
	for _, t := range v.All() {
		for _, l := range langs.Langs {
			add("for", v.Say(l, t.Key), t.Key)
			add("for", t.Words[l.Code], t.Key)
		}
	}
	for _, word := range movements {
		add("form", word, "movement")
	}
	for _, l := range langs.Langs {
		for _, k := range supports {
			add("support", l.T("group.support."+k), k)
		}
		for _, k := range forms {
			add("form", l.T("group.form."+k), k)
		}
		for _, k := range i18n.Countries {
			add("country", l.Country(k), k)
		}
	}
	return s
}

// movements are what lists call a movement, besides what the house does.
var movements = []string{"movement", "network", "network of groups", "federation", "alliance", "movimiento", "red", "red de grupos", "federación",
	"mouvement", "réseau", "réseau de groupes", "fédération", "حركة", "شبكة", "شبكة مجموعات"}

// key is the one a column keeps for some words; the words themselves where
// there is none, for Validate to speak of.
func (s *spelling) key(column, text string) (string, bool) {
	text = strings.TrimSpace(text)
	switch column {
	case "country":
		if slices.Contains(i18n.Countries, strings.ToUpper(text)) {
			return strings.ToUpper(text), true
		}
	case "form", "support":
		if low := strings.ToLower(text); slices.Contains(forms, low) || slices.Contains(supports, low) {
			return low, true
		}
	case "languages", "written_in":
		if text != "" && i18n.Canonical(text) == text { // before any name: "mon" is Mongolian, "Mon" is not
			return text, true
		}
		if code := s.langs.Find(text); code != "" {
			return code, true
		}
		return text, false
	}
	if key := s.words[column][search.SortKey(text)]; key != "" {
		return key, true
	}
	return text, false
}

// cell is a cell as its column reads it.
func (s *spelling) cell(column, text string, has func(string) bool) string {
	switch column {
	case "country", "form", "written_in":
		text, _ = s.key(column, text)
	case "for", "support", "languages":
		var out []string
		for _, item := range split(strings.ReplaceAll(text, "\n", ";"), ";") {
			if column == "for" && has(item) {
				out = append(out, item)
				continue
			}
			key, ok := s.key(column, item)
			if ok || !strings.Contains(item, ",") {
				out = append(out, key)
				continue
			}
			for _, part := range split(item, ",") {
				if column != "for" || !has(part) {
					part, _ = s.key(column, part)
				}
				out = append(out, part)
			}
		}
		text = strings.Join(out, "; ")
	case "registers":
		text = strings.ToUpper(text)
	case "website":
		// As people write it. http is what every site answers to.
		if text = strings.TrimSpace(text); strings.Contains(text, ".") && !strings.ContainsAny(text, " :@/") || strings.HasPrefix(text, "www.") {
			text = "http://" + text
		}
	}
	return text
}
