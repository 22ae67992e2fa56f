package group

import (
	"context"
	"errors"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/record"
)

// moved is what is said of an address at which no group stands that may be
// seen: NotFound, with where it is now if it was put together with one that may.
// An address that can't be guessed is not to be found out by an old one. Every
// such address costs the same.
func moved(ctx context.Context, q db.Querier, scopes []string, slug string) error {
	now, err := record.Standing(ctx, q, "group", slug)
	if err != nil {
		return err
	}
	listed := slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == access.Unlisted })
	to, err := db.One(ctx, q, db.Text, `SELECT g.slug FROM group_group g WHERE g.id = $1 AND g.scope IN ($2)`, now, listed)
	if err != nil {
		return db.Missing(err)
	}
	return &fault.Error{Kind: fault.NotFound, From: slug, To: to}
}

func listedBySlug(ctx context.Context, q db.Querier, slugs []string) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.slug IN ($1) AND g.scope IN ($2) AND g.hidden = FALSE`, slugs, teamSees)
}

func listedByIDs(ctx context.Context, q db.Querier, ids []string) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.id IN ($1) AND g.scope IN ($2) AND g.hidden = FALSE`, ids, teamSees)
}

// hold keeps two groups from being changed until the transaction ends, always
// the same one first, so that two who do it at once do not wait for each other.
func hold(ctx context.Context, tx *db.Tx, a, b string) error {
	_, err := db.All(ctx, tx, db.Text, `SELECT g.id FROM group_group g WHERE g.slug IN ($1) ORDER BY g.id`+tx.ForUpdate()+` -- every scope: they are read within theirs right after`, []string{a, b})
	return err
}

// setMerged says whether another group stands for one, and who sees it then.
func setMerged(ctx context.Context, tx *db.Tx, g *Group) error {
	if _, err := tx.Exec(ctx, `UPDATE group_group SET merged = $2, likened = FALSE WHERE id = $1 -- every scope: read within theirs just before`, g.ID, g.merged); err != nil {
		return err
	}
	return setScope(ctx, tx, g.ID)
}

func dropPlaceOf(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE group_group SET place = '' WHERE id = $1 -- every scope: read within theirs just before`, id)
	return err
}

// proposal is a merge that waits for organisers.
type proposal struct {
	gone, kept string // ids
	id         string
	choices    Choices
	at         time.Time
}

func scanProposal(scan db.Scan) (*proposal, error) {
	p := &proposal{}
	return p, scan(&p.gone, &p.kept, &p.id, db.JSON(&p.choices), &p.at)
}

const proposalColumns = `p.gone_id, p.kept_id, p.id, p.choices, p.at`

// question is a proposal with what is asked about it on pages: both groups, and
// whether somebody of each has said yes.
type question struct {
	id               string
	choices          Choices
	kept, gone       Named
	of               Revisions
	keptYes, goneYes bool
}

// questionsOf are the proposals about some groups, as long as both are what the
// team may put together: what closes its curtains is named on no page but its own.
func questionsOf(ctx context.Context, q db.Querier, ids []string) ([]question, error) {
	return db.All(ctx, q, func(scan db.Scan) (x question, err error) {
		err = scan(&x.id, db.JSON(&x.choices), &x.gone.ID, &x.gone.Slug, &x.gone.Name, &x.gone.WrittenIn, &x.of.Gone,
			&x.kept.ID, &x.kept.Slug, &x.kept.Name, &x.kept.WrittenIn, &x.of.Kept, &x.goneYes, &x.keptYes)
		return x, err
	}, `SELECT p.id, p.choices, g.id, g.slug, g.name, g.written_in, g.revision, h.id, h.slug, h.name, h.written_in, h.revision,
			EXISTS (SELECT 1 FROM group_wish w WHERE w.group_id = g.id AND w.what = $3), EXISTS (SELECT 1 FROM group_wish w WHERE w.group_id = h.id AND w.what = $3)
		FROM group_proposal p
		JOIN group_group g ON g.id = p.gone_id AND g.scope IN ($2) AND g.hidden = FALSE
		JOIN group_group h ON h.id = p.kept_id AND h.scope IN ($2) AND h.hidden = FALSE
		WHERE p.gone_id IN (SELECT gone_id FROM group_proposal WHERE gone_id IN ($1) UNION SELECT gone_id FROM group_proposal WHERE kept_id IN ($1))
		ORDER BY p.at, p.id`, ids, teamSees, wishMerge)
}

// proposed are the groups about which anything is proposed at all.
func proposed(ctx context.Context, q db.Querier) (map[string]bool, error) {
	ids, err := db.All(ctx, q, db.Text, `SELECT gone_id FROM group_proposal UNION SELECT kept_id FROM group_proposal`)
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// proposals are the ones that waited longest, whoever sees their groups: that is
// asked when those are read.
func proposals(ctx context.Context, q db.Querier, most int) ([]*proposal, error) {
	return db.All(ctx, q, scanProposal, `SELECT `+proposalColumns+` FROM group_proposal p ORDER BY p.at, p.id LIMIT $1`, most)
}

// insertProposal keeps a proposal; one that can't come about any more, since one
// of the two has closed its curtains, makes room for it.
func insertProposal(ctx context.Context, tx *db.Tx, p *proposal) error {
	tx.Changed("group")
	if err := dropProposal(ctx, tx, p.gone, p.kept); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO group_proposal (gone_id, kept_id, id, choices, at) VALUES ($1, $2, $3, $4, $5)`, p.gone, p.kept, p.id, db.JSON(p.choices), p.at)
	return err
}

// dropProposal ends whatever is proposed of two groups, and the yes of whoever
// said it: that was about this and nothing else.
func dropProposal(ctx context.Context, tx *db.Tx, a, b string) error {
	tx.Changed("group")
	of, err := db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM group_proposal p WHERE p.gone_id IN ($1)`, []string{a, b})
	if err != nil {
		return err
	}
	more, err := db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM group_proposal p WHERE p.kept_id IN ($1)`, []string{a, b})
	if err != nil {
		return err
	}
	for _, p := range append(of, more...) {
		if _, err := tx.Exec(ctx, `DELETE FROM group_proposal WHERE gone_id = $1`, p.gone); err != nil {
			return err
		}
		if err := errors.Join(dropWish(ctx, tx, p.gone, wishMerge), dropWish(ctx, tx, p.kept, wishMerge)); err != nil {
			return err
		}
	}
	return nil
}

func insertJoined(ctx context.Context, tx *db.Tx, gone, persona string) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_joined (gone_id, organiser_persona_id) VALUES ($1, $2)`, gone, persona)
	return err
}

// takeJoined gives who became an organiser by a merge, and forgets it.
func takeJoined(ctx context.Context, tx *db.Tx, gone string) ([]string, error) {
	return db.All(ctx, tx, db.Text, `DELETE FROM group_joined WHERE gone_id = $1 RETURNING organiser_persona_id`, gone)
}

// joinedBy are how many groups somebody came to organise by a merge, for their
// export.
func joinedBy(ctx context.Context, q db.Querier, personas []string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM group_joined WHERE organiser_persona_id IN ($1)`, personas).Scan(&n)
	return n, err
}

func forgetJoined(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_joined WHERE organiser_persona_id IN ($1)`, personas)
	return err
}
