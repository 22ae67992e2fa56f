package member

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/crowd"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Those are counted who agreed and are in the network: once a month, and what is
// kept is what is shown.
func TestNumbers(t *testing.T) {
	rooms(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		team := s.here(t, "tim", access.Team)
		day := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
		shown := func() Numbers {
			t.Helper()
			for range 2 { // twice is once
				if err := s.recount(ctx); err != nil {
					t.Fatal(err)
				}
			}
			n, err := s.Numbers(ctx, team)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		made := 0
		people := func(n int, a Account) (out []string) {
			for range n {
				made++
				a.ID, a.Email = fmt.Sprint("member", made), fmt.Sprintf("member%d@elsewhere.example", made)
				a.Created = cmp.Or(a.Created, day)
				if err := bulk(ctx, s.db, []Account{a}, []Persona{{ID: fmt.Sprint("persona", made), Name: fmt.Sprint("Name ", made)}}, day); err != nil {
					t.Fatal(err)
				}
				if err := s.consents.Give(ctx, nil, a.ID, Counted, "en", byForm); err != nil {
					t.Fatal(err)
				}
				out = append(out, a.ID)
			}
			return out
		}
		s.on(day)
		first := people(14, Account{Role: access.Member, Standing: In, Country: "KE"})
		for _, standing := range []access.Role{access.Pending, access.Lapsed, access.Paused} {
			people(9, Account{Role: access.Member, Standing: standing, Country: "KE"})
		}
		for _, member := range people(9, Account{Role: access.Member, Standing: In, Country: "KE"}) {
			s.exec(t, `UPDATE member_member SET leaving = TRUE WHERE id = $1`, member)
		}
		for _, member := range people(9, Account{Role: access.Member, Standing: In, Country: "KE"}) {
			delete(s.consents.(said), member)
		}
		if n := shown(); n.All != 0 || n.Kind != nil || !n.Day.Equal(db.Day(day)) {
			t.Errorf("of 14 people %+v is shown", n)
		}
		people(6, Account{Role: access.Moderator, Standing: In, Country: "KE", Created: day.AddDate(-1, 0, 0)})
		people(16, Account{Role: access.Supporter, Standing: In, Created: day.AddDate(-6, 0, 1)})
		people(15, Account{Role: access.Supporter, Standing: In, Country: "PE", Created: day.AddDate(-6, 0, 0)})
		s.on(day.AddDate(0, 0, 27))
		if n := shown(); n.All != 0 {
			t.Errorf("after 27 days %+v is shown", n)
		}
		s.on(day.AddDate(0, 0, 28)) // the last of February
		n := shown()
		want := Numbers{Day: db.Day(day.AddDate(0, 0, 28)), All: 50, Kind: crowd.Table{"member": 20, "supporter": 30},
			Since: crowd.Table{crowd.Others: 20, "6": 30}, Country: crowd.Table{crowd.Others: 15, "KE": 20, "PE": 15}}
		if !reflect.DeepEqual(n, want) {
			t.Errorf("it is %+v, not %+v", n, want)
		}
		kept, err := db.All(ctx, s.db, db.Text, `SELECT shown FROM member_number`)
		var is map[string]any
		if err != nil || len(kept) != 1 || json.Unmarshal([]byte(kept[0]), &is) != nil || len(is) != 4 {
			t.Errorf("%q is kept: %v", kept, err)
		}
		// Whoever takes their yes back is counted no more, and nobody sees it.
		for _, member := range first[:4] {
			delete(s.consents.(said), member)
		}
		s.on(day.AddDate(0, 2, 0))
		want.Day = db.Day(day.AddDate(0, 2, 0))
		if n := shown(); !reflect.DeepEqual(n, want) {
			t.Errorf("it is %+v, not %+v", n, want)
		}
		for _, member := range first[4:] {
			delete(s.consents.(said), member)
		}
		s.on(day.AddDate(0, 4, 0))
		want = Numbers{Day: db.Day(day.AddDate(0, 4, 0)), All: 35, Country: crowd.Table{crowd.Others: 20, "PE": 15}}
		if n := shown(); !reflect.DeepEqual(n, want) {
			t.Errorf("of 6 members and 31 supporters %+v is shown, not %+v", n, want)
		}
		for _, role := range []access.Role{access.Member, access.Supporter, access.Moderator, access.Visitor} {
			if _, err := s.Numbers(ctx, &access.Viewer{Member: "x", Role: role}); !fault.Is(err, fault.Denied) {
				t.Errorf("%q sees them: %v", role, err)
			}
		}
	})
}
