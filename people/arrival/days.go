package arrival

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Days stand in lists as whatever made the list writes them. Which of two numbers
// is the day is said by the column as a whole, or by the team: never row by row.

// What stands first in a day like 03/04/2019.
const (
	dayFirst   = "day"
	monthFirst = "month"
)

// pieces are the numbers and words a day is written with, as far as its year.
func pieces(text string) (out []string) {
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsLetter(r) || unicode.IsMark(r):
			return 2
		}
		return 0
	}
	last := 0
	for _, r := range strings.ToLower(text) {
		k := kind(r)
		switch {
		case k != 0 && k == last:
			out[len(out)-1] += string(r)
		case k != 0:
			out = append(out, string(r))
		}
		last = k
	}
	out = slices.DeleteFunc(out, func(w string) bool { return w == "de" || w == "er" }) // 1er mars, 5 de marzo de 2019
	return out[:min(len(out), 3)]
}

// number is a number of at most two digits, or the year; 0: it is none.
func number(s string, year bool) int {
	n, err := strconv.Atoi(s)
	if err != nil || year != (len(s) == 4) || !year && len(s) > 2 {
		return 0
	}
	return n
}

// twoOf are the two numbers before the year of a day that is written in numbers, with
// the year last; none where it is written otherwise.
func twoOf(text string) (a, b int) {
	w := pieces(text)
	if len(w) < 3 || number(w[2], true) == 0 {
		return 0, 0
	}
	if a, b = number(w[0], false), number(w[1], false); a == 0 || b == 0 {
		return 0, 0
	}
	return a, b
}

// month is the month of a number, or of a name in one of the house's languages, cut
// or whole; 0: none, or not one alone.
func (s *Service) month(w string) (out time.Month) {
	if n := number(w, false); n > 0 {
		return time.Month(n)
	}
	if utf8.RuneCountInString(w) < 3 {
		return 0
	}
	for _, l := range s.langs.Langs {
		for m := time.January; m <= time.December; m++ {
			if !strings.HasPrefix(strings.ToLower(l.T("i18n.month."+strconv.Itoa(int(m)))), w) {
				continue
			}
			if out != 0 && out != m {
				return 0
			}
			out = m
		}
	}
	return out
}

// since reads a day, with first said of those that can be read in two ways. One to
// come is none.
func (s *Service) since(text, first string, now time.Time) (time.Time, bool) {
	w := pieces(text)
	year, month, day := "", "1", "1"
	switch {
	case len(w) == 1:
		year = w[0]
	case len(w) == 2 && number(w[0], true) > 0:
		year, month = w[0], w[1]
	case len(w) == 2:
		month, year = w[0], w[1]
	case len(w) == 3 && number(w[0], true) > 0:
		year, month, day = w[0], w[1], w[2]
	case len(w) == 3:
		day, month, year = w[0], w[1], w[2]
		a, b := twoOf(text)
		if a == 0 && number(day, false) == 0 || b > 12 || a != 0 && a <= 12 && first == monthFirst {
			day, month = month, day
		}
		if a != b && a > 0 && a <= 12 && b <= 12 && first == "" {
			return time.Time{}, false
		}
	}
	y, m, d := number(year, true), s.month(month), number(day, false)
	out := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	ok := m > 0 && out.Day() == d && out.Month() == m && y >= 1900 && out.Before(now)
	return out, ok
}

// order says what stands first in the days of a column, of which it is given the two
// numbers of each; empty: nothing there says it. asks: somebody has to.
func order(all [][2]int) (first string, asks bool) {
	var days, months, either bool
	for _, x := range all {
		switch a, b := x[0], x[1]; {
		case a > 12 && b > 12 || a == b:
		case a > 12:
			days = true
		case b > 12:
			months = true
		default:
			either = true
		}
	}
	switch {
	case days && !months:
		return dayFirst, false
	case months && !days:
		return monthFirst, false
	}
	return "", either
}

// ordered finds what stands first in the days of a list, as far as the list says it.
func (s *Service) ordered(l *List) error {
	i := slices.IndexFunc(l.Choices.Columns, func(c Column) bool { return c.Is == isSince })
	if i < 0 || l.Choices.Columns[i].First != "" {
		return nil
	}
	src, err := open(l)
	if err != nil {
		return err
	}
	var all [][2]int
	for range mostRows {
		r, err := src.Next()
		if err != nil {
			break // what can't be read is said when the list is looked through
		}
		if r.Wrong.Key != "" {
			continue
		}
		if a, b := twoOf(r.Cells[i]); a > 0 {
			all = append(all, [2]int{a, b})
		}
	}
	c := &l.Choices.Columns[i]
	c.First, c.Asks = order(all)
	return nil
}
