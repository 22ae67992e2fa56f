package tests

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/id"
)

// Answers on equal opportunities lead to nobody: no column of theirs does, and
// neither the form's key nor anything else is kept that says who sent them, or
// when.
func TestEqualLeadsToNobody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var columns []string
		for _, c := range h.columns(false) {
			if strings.HasPrefix(c, "equal_") && !strings.HasPrefix(c, "equal_migration.") {
				columns = append(columns, c)
			}
		}
		want := []string{"equal_offered.month", "equal_offered.owner_member_id", "equal_state.asked", "equal_state.quarter", "equal_state.shown",
			"equal_tally.choice", "equal_tally.n", "equal_tally.quarter", "equal_tally.question", "equal_waiting.body", "equal_waiting.quarter", "equal_waiting.sealer"}
		if slices.Sort(columns); !slices.Equal(columns, want) {
			t.Errorf("there are %q", columns)
		}
		team, v := h.as("team"), h.as("member")
		team.Send("/desk/equal", "", url.Values{"asked": {"age", "carer"}}).Is(t, http.StatusOK)
		v.Get("/you").Shows(t, "Equal opportunities")
		v.Get("/you/equal").Is(t, http.StatusOK).Shows(t, "counted, not kept with you", "can’t see your answers later")
		v.Send("/you/equal", "/you/equal/begin", nil).Is(t, http.StatusOK).Shows(t, "How old are you?", "Prefer not to say").Hides(t, "What is your gender?")
		v.Get("/you/equal").Shows(t, "You have opened these questions before")
		before := h.dump()
		v.Send("/you/equal/questions", "", url.Values{"age": {"shoes"}}).Is(t, http.StatusUnprocessableEntity)
		v.Send("/you/equal/questions", "", url.Values{"age": {"45"}, "carer": {"no"}}).Is(t, http.StatusOK).Shows(t, "counted, and not kept with you")
		for table, rows := range h.dump() {
			if table != "equal_waiting" && !slices.Equal(rows, before[table]) {
				t.Errorf("that somebody answered is to be seen in %s:\n%q\n%q", table, before[table], rows)
			}
		}
		v.Get("/you/equal").Is(t, http.StatusOK).Shows(t, "in this quarter already").Hides(t, "Show me the questions")
		v.Get("/you/equal/questions").Is(t, http.StatusOK).Hides(t, "How old are you?")
		v.PostOnly("/you/equal/questions", url.Values{"age": {"25"}}).Is(t, http.StatusConflict)
		v.PostOnly("/you/equal/begin", url.Values{"form_key": {id.New(t.Context())}}).Is(t, http.StatusConflict)
		team.Send("/desk/equal", "", url.Values{"asked": nil}).Is(t, http.StatusOK)
		v.Get("/you").Hides(t, "Equal opportunities")
		v.Get("/you/equal").Is(t, http.StatusNotFound)
		waits, err := db.All(t.Context(), h.DB, db.Text, `SELECT body FROM equal_waiting`)
		if err != nil || len(waits) != 1 || strings.ContainsAny(waits[0], `{":`) {
			t.Errorf("%d wait, %v", len(waits), err)
		}
	})
}

// Whoever sends answers after their sign-in has ended leaves none of them for the
// next one at that browser: neither in it nor in the database.
func TestEqualLeavesNoDraft(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		v := h.visitor()
		p := v.PostOnly("/you/equal/questions", url.Values{"form_key": {id.New(t.Context())}, "trans": {"yes"}, "age": {"45"}}).Is(t, http.StatusSeeOther)
		if to := p.Header.Get("Location"); !strings.HasPrefix(to, "/sign-in") || v.Cookies["draft"] != "" {
			t.Errorf("it leads to %s, and %v is kept", to, v.Cookies)
		}
		if rows, err := db.All(t.Context(), h.DB, db.Text, `SELECT name FROM web_box`); err != nil || len(rows) != 0 {
			t.Errorf("%d are kept, %v", len(rows), err)
		}
	})
}

// H10: the team's file has rounded numbers, none under 15, and no formula.
func TestEqualFile(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, lang := range []string{"en", "es", "fr", "ar"} {
			rows, err := csv.NewReader(strings.NewReader(h.as("team").Get("/desk/equal.csv?lang="+lang).Is(t, http.StatusOK).Body)).ReadAll()
			if err != nil || len(rows) < 10 {
				t.Fatal(rows, err)
			}
			for i, row := range rows {
				if n, err := strconv.Atoi(row[2]); i > 0 && (err != nil || n < 15 || n%5 != 0) {
					t.Errorf("%s: a number is %q", lang, row[2])
				}
				for _, cell := range row {
					if strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
						t.Errorf("%s: a cell is %q", lang, cell)
					}
				}
			}
		}
	})
}
