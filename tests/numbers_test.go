package tests

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// H10: numbers of people are the network team's to see, rounded, none under 15; and
// they are the same after somebody has joined, or is forgotten, as before.
func TestNumbers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const email, at = "number-thirteen@elsewhere.example", "/desk/numbers"
		team := h.as("team")
		team.Get("/desk").Is(t, http.StatusOK).Shows(t, "Numbers")
		file := func() string { return team.Get(at+".csv?lang=en").Is(t, http.StatusOK).Body }
		before := file()
		page := team.Get(at+"?lang=en").Is(t, http.StatusOK).Shows(t, "Counted on", "United Kingdom", "Other countries, or not said", "All others together").
			Hides(t, "6 years or longer", "Kenya")
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			rows, err := csv.NewReader(strings.NewReader(team.Get(at + ".csv?lang=" + lang).Body)).ReadAll()
			if err != nil || len(rows) < 8 {
				t.Fatal(rows, err)
			}
			for i, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
						t.Errorf("%s: a cell is %q", lang, cell)
					}
				}
				n, err := strconv.Atoi(row[2])
				if i > 0 && (err != nil || n < 15 || n%5 != 0) {
					t.Errorf("%s: a number is %q", lang, row[2])
				}
			}
		}
		v := h.joinBy(email, "Thirteenth")
		h.welcome(email)
		h.round("member.numbers")
		sub, err := h.Members.Subject(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		v.Get(at).Is(t, http.StatusForbidden)
		if file() != before {
			t.Error("somebody joined, and it shows")
		}
		if err := h.Erase(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		h.round("member.numbers")
		if file() != before || team.Get(at+"?lang=en").Text() != page.Text() {
			t.Error("somebody is forgotten, and it shows")
		}
	})
}
