package group

import (
	"context"
	"maps"
	"slices"

	"withus.example/platform/access"
	"withus.example/platform/db"
)

// pairKey are two groups, the one with the smaller id first.
type pairKey struct{ one, two string }

func keyOf(a, b string) pairKey { return pairKey{min(a, b), max(a, b)} }

// pair is what is known of two groups that may be one.
type pair struct {
	pairKey
	why   int    // its place among likenesses
	apart string // who says that they are two: [apartTeam], [apartOrganisers]; empty: nobody
	said  string // of what they said it: see told
}

const (
	apartTeam       = "team"
	apartOrganisers = "organisers"
)

const traitColumns = `g.id, g.name, g.other_names, g.area, g.country, g.registers, g.website, g.phone, g.revision, g.merged`

func scanTraits(scan db.Scan) (*traits, error) {
	g := &Group{}
	if err := scan(&g.ID, &g.Name, db.JSON(&g.OtherNames), &g.Area, &g.Country, db.JSON(&g.Registers), &g.Website, &g.Phone, &g.Revision, &g.merged); err != nil {
		return nil, err
	}
	return newTraits(g), nil
}

// unlikened reads what some groups are told by that changed.
func unlikened(ctx context.Context, tx *db.Tx, most int) ([]*traits, error) {
	return db.All(ctx, tx, scanTraits, `SELECT `+traitColumns+` FROM group_group g WHERE g.likened = FALSE ORDER BY g.id LIMIT $1`+tx.SkipLocked()+` -- every scope: who sees a pair is asked where it is read`, most)
}

func traitsOf(ctx context.Context, q db.Querier, ids []string) ([]*traits, error) {
	return db.All(ctx, q, scanTraits, `SELECT `+traitColumns+` FROM group_group g WHERE g.id IN ($1) -- every scope: who sees a pair is asked where it is read`, ids)
}

// loadTraits reads what the groups of pairs are told by that are not known yet.
func loadTraits(ctx context.Context, tx *db.Tx, met map[pairKey]bool, known map[string]*traits) error {
	missing := map[string]bool{}
	for p := range met {
		for _, id := range []string{p.one, p.two} {
			if known[id] == nil {
				missing[id] = true
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	all, err := traitsOf(ctx, tx, slices.Sorted(maps.Keys(missing)))
	for _, m := range all {
		known[m.id] = m
	}
	return err
}

// putKeys writes the keys of groups anew.
func putKeys(ctx context.Context, tx *db.Tx, all []*traits) error {
	var ids []string
	for _, m := range all {
		ids = append(ids, m.id)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM group_likeness WHERE group_id IN ($1)`, ids); err != nil {
		return err
	}
	for _, m := range all {
		if m.merged {
			continue
		}
		for _, key := range m.keys {
			if _, err := tx.Exec(ctx, `INSERT INTO group_likeness (key, group_id) VALUES ($1, $2) ON CONFLICT (key, group_id) DO NOTHING`, key, m.id); err != nil {
				return err
			}
		}
	}
	return nil
}

// sharers are the pairs of who asks for a key and who has it, of the keys that
// few have.
func sharers(ctx context.Context, tx *db.Tx, asked map[string][]string) (map[pairKey]bool, error) {
	met := map[pairKey]bool{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(asked)), 1000) {
		few, err := db.All(ctx, tx, db.Text, `SELECT key FROM group_likeness WHERE key IN ($1) GROUP BY key HAVING count(*) <= $2`, some, mostAlike)
		if err != nil {
			return nil, err
		}
		_, err = db.All(ctx, tx, func(scan db.Scan) (struct{}, error) {
			var key, id string
			err := scan(&key, &id)
			for _, who := range asked[key] {
				if who != id {
					met[keyOf(who, id)] = true
				}
			}
			return struct{}{}, err
		}, `SELECT key, group_id FROM group_likeness WHERE key IN ($1)`, few)
		if err != nil {
			return nil, err
		}
	}
	return met, nil
}

// setLikened notes that groups were compared, as they were then.
func setLikened(ctx context.Context, tx *db.Tx, all []*traits) error {
	for _, m := range all {
		if _, err := tx.Exec(ctx, `UPDATE group_group SET likened = TRUE WHERE id = $1 AND revision = $2 -- every scope: nobody sees a difference`, m.id, m.revision); err != nil {
			return err
		}
	}
	return nil
}

const pairColumns = `p.one, p.two, p.why, p.apart, p.said`

func scanPair(scan db.Scan) (*pair, error) {
	p := &pair{}
	return p, scan(&p.one, &p.two, &p.why, &p.apart, &p.said)
}

// pairsOf are the pairs some groups are in.
func pairsOf(ctx context.Context, q db.Querier, ids []string) (map[pairKey]*pair, error) {
	firsts, err := db.All(ctx, q, scanPair, `SELECT `+pairColumns+` FROM group_pair p WHERE p.one IN ($1)`, ids)
	if err != nil {
		return nil, err
	}
	seconds, err := db.All(ctx, q, scanPair, `SELECT `+pairColumns+` FROM group_pair p WHERE p.two IN ($1)`, ids)
	out := map[pairKey]*pair{}
	for _, p := range slices.Concat(firsts, seconds) {
		out[p.pairKey] = p
	}
	return out, err
}

func putPair(ctx context.Context, tx *db.Tx, k pairKey, p pair) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_pair (one, two, why, apart, said) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (one, two) DO UPDATE SET why = excluded.why, apart = excluded.apart, said = excluded.said`, k.one, k.two, p.why, p.apart, p.said)
	return err
}

func dropPair(ctx context.Context, tx *db.Tx, k pairKey) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_pair WHERE one = $1 AND two = $2`, k.one, k.two)
	return err
}

// teamSees are the scopes of what the network team may put together: what is
// listed, and what waits at its desk. Whatever else somebody of the team may see
// for themselves is no business of the network's. What has closed curtains is
// at the desk too, if it has no organisers left: it is left out by itself.
var teamSees = []string{access.Public, access.Network, access.Desk}

// listPairs reads pairs after one, those the team may see, the surest first: of
// which somebody says that they are two, or, where who is empty, nobody does.
// What waits for its organisers already is not among them.
func listPairs(ctx context.Context, q db.Querier, who string, after pair, most int) ([]*pair, error) {
	return db.All(ctx, q, scanPair, `SELECT `+pairColumns+` FROM group_pair p
		JOIN group_group g ON g.id = p.one AND g.scope IN ($1) AND g.hidden = FALSE
		JOIN group_group h ON h.id = p.two AND h.scope IN ($1) AND h.hidden = FALSE
		WHERE p.apart = $2 AND NOT EXISTS (SELECT q.id FROM group_proposal q WHERE q.gone_id IN (p.one, p.two) AND q.kept_id IN (p.one, p.two))
			AND (p.why, p.one, p.two) > ($3, $4, $5) ORDER BY p.why, p.one, p.two LIMIT $6`,
		teamSees, who, after.why, after.one, after.two, most)
}
