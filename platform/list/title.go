package list

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words that stay small inside a name, and some that look like words in
// capitals and are not.
var (
	smallWords = strings.Fields("a an and at by de des di du e el et for from in la las le les los of on or the to und van von with y")
	upperWords = strings.Fields("UK EU UN USA NI HIV AIDS LGBTQ LGBTQIA BAME BME OCD ADHD CIO SCIO CIC YMCA YWCA TV DJ")
	mixedWords = map[string]string{"LTD": "Ltd", "ST": "St", "DR": "Dr", "MR": "Mr", "MRS": "Mrs"}
)

// titled writes a name that is all in capitals as a title; any other it leaves.
// It can't know every abbreviation: words without a vowel stay as they are.
func titled(s string) string {
	if strings.ToUpper(s) != s || strings.ToLower(s) == s {
		return s
	}
	fields := strings.Fields(s)
	for i, w := range fields {
		begins := i == 0 || strings.HasSuffix(fields[i-1], ":") || fields[i-1] == "-" || fields[i-1] == "–"
		fields[i] = titledWord(w, begins)
	}
	return strings.Join(fields, " ")
}

// titledWord is titled for one word, which may have signs around it and
// hyphens in it.
func titledWord(w string, begins bool) string {
	var b strings.Builder
	for i := 0; i < len(w); {
		r, n := utf8.DecodeRuneInString(w[i:])
		if !unicode.In(r, unicode.L, unicode.N) {
			b.WriteString(w[i : i+n])
			i += n
			continue
		}
		end := i
		for end < len(w) {
			r, n := utf8.DecodeRuneInString(w[end:])
			if !unicode.In(r, unicode.L, unicode.M, unicode.N) && r != '\'' && r != '’' {
				break
			}
			end += n
		}
		// In DROP-IN the second word is small too; in (UK) or YWCA/YMCA each stands alone.
		small := !begins || i > 0 && w[i-1] == '-'
		b.WriteString(titledPart(w[i:end], small))
		begins = begins && b.Len() == 0
		i = end
	}
	return b.String()
}

func titledPart(w string, small bool) string {
	low := strings.ToLower(w)
	switch {
	case mixedWords[w] != "":
		return mixedWords[w]
	case slices.Contains(upperWords, w), abbreviation(w):
		return w
	case small && slices.Contains(smallWords, low):
		return low
	}
	out := []rune(low)
	digits := 0
	for digits < len(out) && unicode.IsDigit(out[digits]) {
		digits++
	}
	if digits > 0 && slices.Contains([]string{"st", "nd", "rd", "th"}, string(out[digits:])) {
		return low
	}
	for i, r := range out {
		if i == digits || i == 2 && (out[1] == '\'' || out[1] == '’') { // O'Brien, D'Arcy
			out[i] = unicode.ToTitle(r)
		}
	}
	return string(out)
}

// abbreviation: letters of the alphabet without a vowel among them, or mixed
// with digits (BS13, U3A).
func abbreviation(w string) bool {
	letters, digits := strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "", false
	if !letters && len(w) <= 5 && w[0] >= 'A' && w[0] <= 'Z' {
		digits = strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	}
	return digits || letters && !strings.ContainsAny(w, "AEIOUY")
}
