package place

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// letters are the letters of a folded name, a bit each: 26 for a to z, the rest
// shared by all others. Two names that differ by one slip differ in two letters
// at most, so that most names need no closer look.
func letters(key string) (set uint32) {
	for _, r := range key {
		switch {
		case r == ' ':
		case 'a' <= r && r <= 'z':
			set |= 1 << (r - 'a')
		default:
			set |= 1 << (26 + r%6)
		}
	}
	return set
}

// far says whether names with these letters are more than so many slips apart
// for certain.
func far(a, b uint32, slips int) bool { return bits.OnesCount32(a^b) > 2*slips }

// apart is how many slips lie between two words: a letter too many, too few or
// wrong, or two that changed places; most+1 where it is more than most.
func apart(a, b []rune, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	var rows [3][]int
	var room [3 * 48]int // names are short
	width := len(b) + 1
	all := room[:]
	if 3*width > len(all) {
		all = make([]int, 3*width)
	}
	for i := range rows {
		rows[i] = all[i*width : (i+1)*width]
	}
	for j := range width {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		now, before, twice := rows[i%3], rows[(i+2)%3], rows[(i+1)%3]
		now[0] = i
		least := i
		for j := 1; j < width; j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			n := min(before[j]+1, now[j-1]+1, before[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, twice[j-2]+1)
			}
			now[j] = n
			least = min(least, n)
		}
		if least > most {
			return most + 1
		}
	}
	return min(rows[len(a)%3][width-1], most+1)
}

// slipsIn is how many slips a word of a length is forgiven: in a short one each
// makes another word.
func slipsIn(key string) int {
	switch n := utf8.RuneCountInString(key); {
	case n < 4:
		return 0
	case n < 7:
		return 1
	default:
		return 2
	}
}

// The gazetteer has each town in Latin letters alone. Who writes in another
// script is understood by the consonants, since vowels are written otherwise in
// each, or not at all: "برلين" and "Берлин" are both brln, and so is Berlin.
// Letters that languages exchange are one: p and b, c, k and q.

// sounds are letters of other scripts in Latin ones, near enough for bones.
var sounds = map[rune]string{
	// Arabic, with the letters Persian and Urdu add
	'ا': "", 'أ': "", 'إ': "", 'آ': "", 'ء': "", 'ؤ': "", 'ئ': "", 'ٱ': "", 'ب': "b", 'پ': "b", 'ت': "t", 'ث': "t", 'ج': "g", 'چ': "k", 'ح': "", 'خ': "k",
	'د': "d", 'ذ': "d", 'ر': "r", 'ز': "s", 'ژ': "g", 'س': "s", 'ش': "s", 'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "s", 'ع': "", 'غ': "g",
	'ف': "f", 'ڤ': "f", 'ق': "k", 'ک': "k", 'ك': "k", 'گ': "g", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "", 'ة': "", 'و': "", 'ي': "", 'ی': "", 'ى': "", 'ٹ': "t", 'ڈ': "d", 'ڑ': "r", 'ں': "n", 'ھ': "", 'ے': "",
	// Hebrew
	'א': "", 'ב': "b", 'ג': "g", 'ד': "d", 'ה': "", 'ו': "", 'ז': "s", 'ח': "", 'ט': "t", 'י': "", 'כ': "k", 'ך': "k", 'ל': "l", 'מ': "m", 'ם': "m", 'נ': "n", 'ן': "n",
	'ס': "s", 'ע': "", 'פ': "b", 'ף': "b", 'צ': "s", 'ץ': "s", 'ק': "k", 'ר': "r", 'ש': "s", 'ת': "t",
	// Cyrillic
	'а': "", 'б': "b", 'в': "f", 'г': "g", 'ґ': "g", 'д': "d", 'е': "", 'є': "", 'ж': "s", 'з': "s", 'и': "", 'і': "", 'ї': "", 'й': "", 'к': "k", 'л': "l", 'м': "m", 'н': "n",
	'о': "", 'п': "b", 'р': "r", 'с': "s", 'т': "t", 'у': "", 'ў': "", 'ф': "f", 'х': "k", 'ц': "ts", 'ч': "k", 'ш': "s", 'щ': "sk", 'ъ': "", 'ы': "", 'ь': "", 'э': "", 'ю': "", 'я': "", 'ђ': "d", 'ј': "g", 'љ': "l", 'њ': "n", 'ћ': "k", 'џ': "d",
	// Greek
	'α': "", 'β': "f", 'γ': "g", 'δ': "d", 'ε': "", 'ζ': "s", 'η': "", 'θ': "t", 'ι': "", 'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "ks", 'ο': "", 'π': "b", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "", 'φ': "f", 'χ': "k", 'ψ': "bs", 'ω': "",
	// Latin
	'b': "b", 'c': "k", 'd': "d", 'f': "f", 'g': "g", 'j': "g", 'k': "k", 'l': "l", 'm': "m", 'n': "n", 'p': "b", 'q': "k", 'r': "r", 's': "s", 't': "t", 'v': "f", 'x': "ks", 'z': "s",
}

// articles stand before names in one language and not in another.
var articles = []string{"al ", "el ", "ad ", "ar ", "as ", "at ", "az ", "an ", "la ", "le "}

// vowels are the letters that bones leave out, as far as they say something.
var vowels = map[rune]string{
	'ا': "a", 'أ': "a", 'إ': "i", 'آ': "a", 'ٱ': "a", 'ع': "a", 'ة': "a", 'و': "u", 'ؤ': "u", 'ي': "i", 'ی': "i", 'ى': "a", 'ئ': "i", 'ے': "e",
	'א': "a", 'ו': "o", 'י': "i", 'ע': "a",
	'а': "a", 'е': "e", 'є': "ie", 'и': "i", 'і': "i", 'ї': "i", 'й': "i", 'о': "o", 'у': "u", 'ў': "u", 'ы': "i", 'э': "e", 'ю': "iu", 'я': "ia",
	'α': "a", 'ε': "e", 'η': "i", 'ι': "i", 'ο': "o", 'υ': "i", 'ω': "o",
	'a': "a", 'e': "e", 'i': "i", 'o': "o", 'u': "u", 'y': "i", 'w': "u",
}

// bones are the consonants of a folded name, doubled ones once, without an
// article before it.
func bones(key string) string { return sounded(noArticle(key), false) }

// sounded is a folded name in the few letters that languages agree on.
func sounded(key string, withVowels bool) string {
	out := make([]byte, 0, len(key))
	for _, r := range key {
		s := sounds[r]
		if s == "" && withVowels {
			s = vowels[r]
		}
		for _, c := range []byte(s) {
			if len(out) == 0 || out[len(out)-1] != c {
				out = append(out, c)
			}
		}
	}
	return string(out)
}

func noArticle(key string) string {
	for _, a := range articles {
		if s, ok := strings.CutPrefix(key, a); ok {
			return s
		}
	}
	if s, ok := strings.CutPrefix(key, "ال"); ok && utf8.RuneCountInString(s) > 2 {
		return s
	}
	return key
}

// foreign says whether a folded name is in one of the other scripts we read.
func foreign(key string) bool {
	for _, r := range key {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Cyrillic, unicode.Greek) {
			return true
		}
	}
	return false
}
