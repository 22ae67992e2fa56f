package ui

import (
	"strings"
	"unicode/utf8"

	"withus.example/platform/i18n"
)

// The shortest numbers there are have two digits (France's 15), the longest
// fifteen (ITU E.164).
const leastDigits, mostDigits = 2, 15

// Dial is a telephone number as a phone dials it, "" where what is written
// leaves any doubt: digits, after a plus perhaps. A zero in
// brackets after the country's code is not dialled. A stroke may stand behind an
// area code, which begins with a zero; elsewhere it may part two numbers.
func Dial(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	var b strings.Builder
	if rest, abroad := strings.CutPrefix(strings.TrimSpace(s), "+"); abroad {
		s = strings.Replace(rest, "(0)", "", 1)
		b.WriteByte('+')
	}
	strokes, n := 0, 0
	for _, r := range s {
		switch d := i18n.Digit(r); {
		case d >= 0:
			b.WriteByte(byte('0' + d))
			n++
		case strings.ContainsRune(" \u00a0\u202f-\u2010\u2011\u2013.()", r):
		case r == '/' && strokes == 0 && strings.HasPrefix(b.String(), "0"):
			strokes++
		default:
			return ""
		}
	}
	if n < leastDigits || n > mostDigits {
		return ""
	}
	return b.String()
}
