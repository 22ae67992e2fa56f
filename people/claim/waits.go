package claim

import (
	"context"

	"withus.example/platform/db"
)

// waits is what is alive in the whole network, counted: kept in memory while the
// room's counter stands, so that a page where nothing waits asks nothing.
type waits struct {
	claims map[string]map[string]bool // by group: who claims it
	asked  map[string]int             // by group: how often it was asked whether it knows somebody
	mine   map[string]int             // by claimer
}

func readWaits(ctx context.Context, q db.Querier) (*waits, error) {
	w := &waits{map[string]map[string]bool{}, map[string]int{}, map[string]int{}}
	two := func(scan db.Scan) (x [2]string, err error) { return x, scan(&x[0], &x[1]) }
	cs, err := db.All(ctx, q, two, `SELECT c.group_id, c.claimer_persona_id FROM claim_claim c WHERE c.state IN ($1)`, []string{string(Open), string(Waiting), string(Stopped)})
	if err != nil {
		return nil, err
	}
	for _, c := range cs {
		if w.claims[c[0]] == nil {
			w.claims[c[0]] = map[string]bool{}
		}
		w.claims[c[0]][c[1]] = true
		w.mine[c[1]]++
	}
	vs, err := db.All(ctx, q, db.Text, `SELECT v.group_id FROM claim_claim c JOIN claim_vouch v ON v.claim_id = c.id WHERE c.state = $1 AND v.answer = ''`, string(Open))
	for _, g := range vs {
		w.asked[g]++
	}
	return w, err
}

// waitsFor counts what somebody who organises some groups is asked, and the live
// claims of their own.
func (s *Service) waitsFor(ctx context.Context, persona string, groups []string) (asked, mine int, err error) {
	w, err := s.waits.Get(ctx, s.db)
	if err != nil {
		return 0, 0, err
	}
	for _, g := range groups {
		asked += w.asked[g] + len(w.claims[g])
		if w.claims[g][persona] {
			asked--
		}
	}
	return asked, w.mine[persona], nil
}
