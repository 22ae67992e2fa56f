package i18n

import "strings"

// zeros are where the digits begin in the scripts numbers are written in.
const zeros = "0\u0660\u06f0\u0966\u09e6\uff10"

// Digit is the value of a digit, -1 if it is none.
func Digit(r rune) int {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// Digits writes the digits of a text as ASCII does: what people type is a number
// in any of these scripts.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if d := Digit(r); d >= 0 {
			return '0' + rune(d)
		}
		return r
	}, s)
}
