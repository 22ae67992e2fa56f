package tests

import (
	"html"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/kit"
)

// aged has everything in the house be older by a time.
func (h *house) aged(by time.Duration) {
	h.t.Helper()
	read := func(scan db.Scan) (at time.Time, err error) { return at, scan(&at) }
	for _, c := range h.columns(true) {
		table, column, _ := strings.Cut(c, ".")
		if strings.HasSuffix(table, "_migration") {
			continue
		}
		all, err := db.All(h.t.Context(), h.DB, read, `SELECT DISTINCT `+column+` FROM `+table+` WHERE `+column+` IS NOT NULL ORDER BY 1`)
		if err != nil {
			h.t.Fatalf("%s: %v", c, err)
		}
		for _, at := range all { // the oldest first: none comes where another still is
			if at.Year() <= 1970 {
				continue // never
			}
			h.exec(`UPDATE `+table+` SET `+column+` = $2 WHERE `+column+` = $1`, at, at.Add(-by))
		}
	}
}

// Work that comes round either deletes what is too old, and a room says so, or it
// does something else, and it is said here what. H7.
func TestWhatIsDropped(t *testing.T) {
	other := map[string]string{
		"member.renewals": "asks people whether they stay",
		"member.numbers":  "counts, once a month",
		"arrival.letters": "writes to those the team writes to",
		"group.asking":    "asks organisers",
		"group.place":     "has groups stand where the towns are by now",
		"group.likening":  "finds anew which groups may be one",
		"privacy.ledger":  "compares the ledger of erasures with the database",
	}
	each(t, func(t *testing.T, h *house) {
		declared := map[string]bool{}
		for _, r := range h.retention() {
			if declared[r.By] = true; r.For <= 0 {
				t.Errorf("%s is kept for %v", r.Key, r.For)
			}
		}
		h.leaveTraces()
		h.exec(`UPDATE member_name SET until = $1`, time.Now())
		h.exec(`INSERT INTO network_setup (key, people, at) VALUES ('a', '[]', $1)`, time.Now())
		h.exec(`INSERT INTO page_moved (old, target) VALUES ('/old', '/about')`)
		h.exec(`INSERT INTO page_followed (old, day, n) VALUES ('/old', $1, 1)`, db.Day(time.Now()))
		h.exec(`UPDATE job_job SET dead = TRUE WHERE kind = 'signin.link'`)
		h.exec(`UPDATE group_upload SET state = 'done'`)
		h.aged(3 * 365 * 24 * time.Hour)
		// Where a schedule drops several things, one of them would hide another that stays.
		all := map[string][]string{
			"claim.settle": {"claim_claim", "claim_event"},
			"group.lists":  {"group_upload"},
			"group.wishes": {"group_wish"},
			"member.tidy":  {"member_application", "member_member"},
		}
		for _, c := range h.Cron {
			before := h.dump()
			if err := c.Run(t.Context()); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
			fewer, after := "", h.dump()
			for table, rows := range before {
				if len(after[table]) < len(rows) {
					fewer = table
				}
			}
			for _, table := range all[c.Name] {
				if len(after[table]) >= len(before[table]) {
					t.Errorf("%s leaves all %d rows of %s", c.Name, len(before[table]), table)
				}
			}
			switch {
			case fewer != "" && !declared[c.Name] && other[c.Name] == "":
				t.Errorf("%s deletes from %s: say in the room's Retention what is kept, and how long", c.Name, fewer)
			case fewer == "" && declared[c.Name]:
				t.Errorf("%s is said to delete something, and nothing is gone after three years: put there what it should", c.Name)
			case declared[c.Name] == (other[c.Name] != ""):
				t.Errorf("%s: does it delete what is too old? Say so in the room's Retention, or say here what else it does", c.Name)
			}
			delete(declared, c.Name)
		}
		for name := range declared {
			t.Errorf("nothing comes round by the name of %s", name)
		}
	})
}

// retention is what the rooms and the ground floor keep for a time.
func (h *house) retention() (out []kit.Retention) {
	h.t.Helper()
	all, _, err := h.Privacy.Kept(h.t.Context(), &access.Viewer{Member: "m", Role: access.Team})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, x := range all {
		out = append(out, x.Retention)
	}
	return out
}

// The team sees on the desk when something is kept too long, and what to do; the
// page does not say what went wrong in words that may be somebody's. H7, H9.
func TestLateOnTheDesk(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team := h.as("team")
		const late = "kept too long"
		team.Get("/desk").Is(t, http.StatusOK).Shows(t, "Nothing is late").Hides(t, late)
		page := team.Get("/desk/kept").Is(t, http.StatusOK).Shows(t, "For 400 days", "For 30 minutes", "For 2 days", "For one hour", "Not cleared yet").Hides(t, "Show this page")
		for _, r := range h.retention() {
			if strings.Contains(page.Body, ">"+r.Key+"<") {
				t.Errorf("%s has no name", r.Key)
			}
		}
		h.exec(`INSERT INTO job_schedule (name, round, good) VALUES ('link.tidy', $1, $2)`, time.Now(), time.Now().Add(-48*time.Hour))
		team.Get("/desk").Shows(t, "Nothing is late")
		h.exec(`UPDATE job_schedule SET good = $1, bad = $2, why = 'file'`, time.Now().Add(-50*time.Hour), time.Now().Add(-26*time.Hour))
		team.Get("/desk").Shows(t, "2 kinds of things are "+late).Hides(t, "Nothing is late")
		team.Get("/desk/kept").Shows(t, "Show this page", "Is the disk full?")
	})
}

var keptRow = regexp.MustCompile(`<tr><th scope="row">(.*?)</th><td>(.*?)</td>`)

// The paper that a network shows the authority says the same as the program.
func TestRecordsSayHowLong(t *testing.T) {
	h := one(t)
	b, err := os.ReadFile("../docs/templates/records-of-processing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, says, _ := strings.Cut(string(b), "| what | how long |\n|---|---|\n")
	says, _, _ = strings.Cut(says, "\n\n")
	is := []string{}
	for _, row := range keptRow.FindAllStringSubmatch(h.as("team").Get("/desk/kept").Is(t, http.StatusOK).Body, -1) {
		is = append(is, "| "+html.UnescapeString(row[1])+" | "+row[2]+" |")
	}
	if len(is) < 20 || says != strings.Join(is, "\n") {
		t.Errorf("it says\n%s\nand the program keeps\n%s", says, strings.Join(is, "\n"))
	}
}
