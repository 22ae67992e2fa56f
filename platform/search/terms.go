package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Terms cuts text into the words both engines store: letters, marks and digits
// only, case folded. Accents of Latin, Greek, Cyrillic, Arabic and Hebrew are
// taken off, as people leave them out; the marks of other scripts are spelling
// and stay. Chinese, Japanese and Korean, written without spaces, become pairs
// of characters, with a run's last character by itself, so that one character
// finds it too. Arabic words lose their article.
func Terms(text string) []string { return cut(text, true) }

var marksOff = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}

// longest is how many characters of a word count.
const longest = 60

func cut(text string, stored bool) (out []string) {
	for _, w := range Words(text) {
		if len(w) <= longest && plain(w) {
			out = append(out, w)
			continue
		}
		out = append(out, runs([]rune(bare(w)), stored)...)
	}
	return out
}

// plain says whether a text is written in ASCII alone: most are, and need a
// tenth of the work.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// bare takes the article off an Arabic word, also where "and", "with", "so" or
// "like" is written onto it, as long as three letters stay; and lets ة and ه at
// its end be one, as people type either. The prefixes are those of Larkey's
// light stemmer, light10.
func bare(w string) string {
	if r, _ := utf8.DecodeRuneInString(w); !unicode.Is(unicode.Arabic, r) {
		return w
	}
	if s, ok := strings.CutSuffix(w, "ة"); ok {
		w = s + "ه"
	}
	for _, article := range []string{"ال", "وال", "بال", "فال", "كال", "لل"} {
		if s, ok := strings.CutPrefix(w, article); ok && utf8.RuneCountInString(s) >= 3 {
			return s
		}
	}
	return w
}

// Words are the words of a text, case folded and without the accents people
// leave out, in their own script.
func Words(text string) []string {
	if plain(text) {
		return strings.FieldsFunc(strings.ToLower(text), between)
	}
	var b strings.Builder
	var base rune
	for _, r := range norm.NFKD.String(cases.Fold().String(text)) {
		switch {
		case r >= '\u0300' && unicode.Is(unicode.Mn, r):
			if unicode.In(base, marksOff...) {
				continue
			}
		case r == 'ـ' || unicode.Is(unicode.Cf, r): // a stretched line in Arabic; what can't be seen
			continue
		case r == 'ى': // written for ي at the end of words, and the other way round
			r, base = 'ي', r
		default:
			base = r
		}
		b.WriteRune(r)
	}
	return strings.FieldsFunc(norm.NFC.String(b.String()), between)
}

// between says whether a character stands between words.
func between(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }

func unspaced(r rune) bool {
	return r >= '\u1100' && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// runs cuts a word where writing with and without spaces meet.
func runs(w []rune, stored bool) (out []string) {
	for i := 0; i < len(w); {
		j := i
		for j < len(w) && unspaced(w[j]) == unspaced(w[i]) {
			j++
		}
		if unspaced(w[i]) {
			for k := i; k+1 < j; k++ {
				out = append(out, string(w[k:k+2]))
			}
			if stored || j-i == 1 {
				out = append(out, string(w[j-1]))
			}
		} else {
			out = append(out, string(w[i:min(j, i+longest)]))
		}
		i = j
	}
	return out
}

// mostTerms is how many words of a question count.
const mostTerms = 12

// asked are the terms of a question, each once. The last one is still being
// typed.
func asked(words string) []string {
	var out []string
	seen := map[string]bool{}
	all := cut(words, false)
	for i, t := range all {
		if len(out) == mostTerms {
			break
		}
		if !seen[t] || i == len(all)-1 {
			out = append(out, t)
		}
		seen[t] = true
	}
	return out
}

// ftsQuery is a question for FTS5: every term quoted, the last a prefix.
func ftsQuery(terms []string) string { return `"` + strings.Join(terms, `" "`) + `"*` }

// tsQuery is the same for to_tsquery('simple', …).
func tsQuery(terms []string) string { return `'` + strings.Join(terms, `' & '`) + `':*` }

// SortKey is a title in the order lists have: by letters, without case or
// accents, whatever the engine.
func SortKey(title string) string { return strings.Join(Terms(title), " ") }

// Alphabetical is a name in the order of an alphabet, as an index of names has it:
// as [SortKey], but that of Arabic an article alone is left out, where one is
// written. What only looks like one after folding, or like a word before it, begins
// many a country.
func Alphabetical(name string) string {
	if s, ok := strings.CutPrefix(name, "ال"); ok && utf8.RuneCountInString(s) >= 3 {
		name = s
	}
	return strings.Join(Words(name), " ")
}

// SortBy puts things in the order of their titles' keys, equal ones as they
// were. A key costs far more than comparing two: each is made once.
func SortBy[T any](all []T, title func(T) string) {
	type keyed struct {
		key string
		it  T
	}
	with := make([]keyed, len(all))
	for i, it := range all {
		with[i] = keyed{Alphabetical(title(it)), it}
	}
	slices.SortStableFunc(with, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	for i := range with {
		all[i] = with[i].it
	}
}
