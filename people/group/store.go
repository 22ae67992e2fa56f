package group

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

const columns = `g.id, g.slug, g.name, g.other_names, g.about, g.written_in, g.for_terms, g.for_words, g.support, g.support_words,
	g.form, g.registers, g.place, g.area, g.country, g.online, g.confidential, g.languages, g.access, g.open, g.welcome,
	g.email, g.phone, g.website, g.reach, g.since, g.audience, g.published, g.revision, g.changed,
	g.checked, g.hidden, g.life, g.farewell, g.keeper, g.organisers, g.added, g.shown, g.merged`

func scanGroup(scan db.Scan) (*Group, error) {
	g := &Group{}
	return g, scan(&g.ID, &g.Slug, &g.Name, db.JSON(&g.OtherNames), &g.About, &g.WrittenIn, db.JSON(&g.For), &g.ForWords, db.JSON(&g.Support), &g.SupportWords,
		&g.Form, db.JSON(&g.Registers), &g.Place, &g.Area, &g.Country, &g.Online, &g.Confidential, db.JSON(&g.Languages), &g.Access, &g.Open, &g.Welcome,
		&g.Email, &g.Phone, &g.Website, &g.Reach, &g.Since, &g.Audience, &g.Published, &g.Revision, &g.Changed,
		&g.Checked, &g.Hidden, &g.Life, &g.Farewell, &g.keeper, &g.organisers, &g.added, &g.shown, &g.merged)
}

// values are a group's columns as insert and update number them.
func (g *Group) values() []any {
	return []any{g.ID, g.Slug, g.Name, db.JSON(g.OtherNames), g.About, g.WrittenIn, db.JSON(g.For), g.ForWords, db.JSON(g.Support), g.SupportWords,
		g.Form, db.JSON(g.Registers), g.Place, g.Area, g.Country, g.Online, g.Confidential, db.JSON(g.Languages), g.Access, g.Open, g.Welcome,
		g.Email, g.Phone, g.Website, g.Reach, g.Since, string(g.Audience), g.Published, g.Revision, g.Changed}
}

func insert(ctx context.Context, tx *db.Tx, g *Group) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_group (id, slug, name, other_names, about, written_in, for_terms, for_words, support, support_words,
		form, registers, place, area, country, online, confidential, languages, access, open, welcome,
		email, phone, website, reach, since, audience, published, revision, changed, scope, added)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, '', $30)`,
		g.values()...)
	if err != nil {
		return err
	}
	return setScope(ctx, tx, g.ID)
}

// setScope decides who may see a group as its row is now, and is the one place
// that does: everyone, members, whoever has the address; and while it waits or
// its curtains are closed its organisers, or the network team if it has none;
// nobody, where another group stands for it. It looks at the row, which the
// transaction holds, and not at what was read before: somebody else may have
// published it, or become its organiser, in between.
func setScope(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE group_group SET scope = CASE
			WHEN merged THEN $8
			WHEN (published = FALSE OR hidden) AND organisers = 0 THEN $2
			WHEN published = FALSE OR hidden THEN id
			WHEN audience = $3 THEN $4
			WHEN audience = $5 THEN $6
			ELSE $7 END,
			shown = shown OR published
		WHERE id = $1 -- every scope: this is what sets it`,
		id, access.Desk, string(Members), access.Network, string(Unlisted), access.Unlisted, access.Public, access.Nobody)
	return err
}

// update writes a group whose revision was just raised by one. If another
// change came first it is a Conflict.
func update(ctx context.Context, tx *db.Tx, g *Group) error {
	n, err := tx.Exec(ctx, `UPDATE group_group SET slug = $2, name = $3, other_names = $4, about = $5, written_in = $6, for_terms = $7, for_words = $8,
		support = $9, support_words = $10, form = $11, registers = $12, place = $13, area = $14, country = $15, online = $16, confidential = $17,
		languages = $18, access = $19, open = $20, welcome = $21, email = $22, phone = $23, website = $24, reach = $25, since = $26,
		audience = $27, published = $28, revision = $29, changed = $30, likened = FALSE
		WHERE id = $1 AND revision = $29 - 1 AND merged = FALSE -- every scope: whoever changes it has just read it within theirs, or runs the network`, g.values()...)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "group.changed-meanwhile")
	}
	if err != nil {
		return err
	}
	return setScope(ctx, tx, g.ID)
}

// countOrganiser counts an organiser in or out, never below a least number, and
// lets who sees a waiting group follow.
func countOrganiser(ctx context.Context, tx *db.Tx, id string, by, least int) error {
	tx.Changed("group")
	n, err := tx.Exec(ctx, `UPDATE group_group SET organisers = organisers + $2 WHERE id = $1 AND organisers + $2 >= $3 -- every scope: for stepping down, erasing a person, and the command line`, id, by, least)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "group.last-organiser")
	}
	if err != nil {
		return err
	}
	return setScope(ctx, tx, id)
}

func bySlug(ctx context.Context, q db.Querier, scopes []string, slug string) (*Group, error) {
	g, err := db.One(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.slug = $1 AND g.scope IN ($2)`, slug, scopes)
	if errors.Is(err, db.ErrNone) {
		err = moved(ctx, q, scopes, slug)
	}
	return g, err
}

// byIDs reads groups in no particular order.
func byIDs(ctx context.Context, q db.Querier, scopes, ids []string) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.id IN ($1) AND g.scope IN ($2)`, ids, scopes)
}

const briefColumns = `g.id, g.slug, g.name, g.about, g.written_in, g.form, g.area, g.country, g.support, g.online, g.life`

func scanBrief(scan db.Scan) (b Brief, err error) {
	err = scan(&b.ID, &b.Slug, &b.Name, &b.About, &b.WrittenIn, &b.Form, &b.Area, &b.Country, db.JSON(&b.Support), &b.Online, &b.Life)
	return b, err
}

// briefs reads what lists show of groups, in no particular order.
func briefs(ctx context.Context, q db.Querier, scopes, ids []string) ([]Brief, error) {
	return db.All(ctx, q, scanBrief, `SELECT `+briefColumns+` FROM group_group g WHERE g.id IN ($1) AND g.scope IN ($2)`, ids, scopes)
}

// held reads what the groups are called that somebody organises, in no
// particular order.
func held(ctx context.Context, q db.Querier, ids []string) ([]Named, error) {
	return db.All(ctx, q, func(scan db.Scan) (n Named, err error) {
		err = scan(&n.ID, &n.Slug, &n.Name, &n.WrittenIn)
		return n, err
	}, `SELECT g.id, g.slug, g.name, g.written_in FROM group_group g WHERE g.id IN ($1) AND g.merged = FALSE -- every scope: who organises a group sees it whatever its state`, ids)
}

// waiting reads some of the groups that wait and belong to nobody yet, the
// newest first.
func waiting(ctx context.Context, q db.Querier, most int) ([]Brief, error) {
	return db.All(ctx, q, scanBrief, `SELECT `+briefColumns+` FROM group_group g WHERE g.scope IN ($1) ORDER BY g.changed DESC, g.id LIMIT $2`, []string{access.Desk}, most)
}

// orphans reads those of some groups that have no organiser.
func orphans(ctx context.Context, q db.Querier, scopes, ids []string) ([]Brief, error) {
	return db.All(ctx, q, scanBrief, `SELECT `+briefColumns+` FROM group_group g WHERE g.id IN ($1) AND g.organisers = 0 AND g.scope IN ($2) ORDER BY g.id`, ids, scopes)
}

// lonely reads published groups that go on with one organiser or none.
func lonely(ctx context.Context, q db.Querier, scopes []string, most int) ([]Brief, error) {
	return db.All(ctx, q, scanBrief, `SELECT `+briefColumns+` FROM group_group g
		WHERE g.organisers < 2 AND g.published AND g.life = $2 AND g.scope IN ($1) ORDER BY g.organisers, g.changed, g.id LIMIT $3`, scopes, string(Active), most)
}

// unchecked reads published groups that nobody looked through since then, and
// that were here already.
func unchecked(ctx context.Context, q db.Querier, scopes []string, since time.Time, most int) ([]Brief, error) {
	return db.All(ctx, q, scanBrief, `SELECT `+briefColumns+` FROM group_group g
		WHERE g.checked < $2 AND g.added < $2 AND g.published AND g.life = $3 AND g.scope IN ($1) ORDER BY g.checked, g.id LIMIT $4`, scopes, since, string(Active), most)
}

// after reads the groups with ids above one, in the order of ids.
func after(ctx context.Context, q db.Querier, scopes []string, id string, most int) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.id > $1 AND g.scope IN ($2) ORDER BY g.id LIMIT $3`, id, scopes, most)
}

// What begins with any sees every group. It is for commands of whoever runs the
// network and for erasing a person, which no page reaches.

func anyBySlug(ctx context.Context, q db.Querier, slug string) (*Group, error) {
	g, err := db.One(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.slug = $1 AND g.merged = FALSE -- every scope: the command line`, slug)
	return g, db.Missing(err)
}

func anyByIDs(ctx context.Context, q db.Querier, ids []string) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.id IN ($1) -- every scope: imports`, ids)
}

// holdByIDs keeps the rows from being changed until the transaction ends.
func holdByIDs(ctx context.Context, tx *db.Tx, ids []string) ([]*Group, error) {
	return db.All(ctx, tx, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.id IN ($1)`+tx.ForUpdate()+` -- every scope: writing anew what is found`, ids)
}

func anyAfter(ctx context.Context, q db.Querier, id string, most int) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.id > $1 AND g.merged = FALSE ORDER BY g.id LIMIT $2 -- every scope: the command line`, id, most)
}

// latest reads the groups that changed last.
func latest(ctx context.Context, q db.Querier, scopes []string, most int) ([]*Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+columns+` FROM group_group g WHERE g.scope IN ($1) ORDER BY g.changed DESC, g.id LIMIT $2`, scopes, most)
}

func slugTaken(ctx context.Context, q db.Querier, slug, but string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM group_group g WHERE g.slug = $1 AND g.id <> $2 -- every scope: addresses are unique`, slug, but).Scan(&n)
	return n > 0, err
}

func terms(ctx context.Context, q db.Querier) ([]Term, error) {
	return db.All(ctx, q, func(scan db.Scan) (t Term, err error) {
		err = scan(&t.Key, &t.Kind, db.JSON(&t.Words), db.JSON(&t.Means), db.JSON(&t.Users), &t.Hidden)
		return t, err
	}, `SELECT key, kind, words, means, users, hidden FROM group_term ORDER BY kind, key`)
}

func putTerm(ctx context.Context, tx *db.Tx, t Term) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_term (key, kind, words, means, users, hidden) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET words = excluded.words, means = excluded.means, users = excluded.users, hidden = excluded.hidden`,
		t.Key, t.Kind, db.JSON(t.Words), db.JSON(t.Means), db.JSON(t.Users), t.Hidden)
	return err
}

// still is what a change of a group came to that was read just before: if it
// touched nothing, the group was put together with another in between.
func still(n int64, err error) error {
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "group.changed-meanwhile")
	}
	return err
}

func setLife(ctx context.Context, tx *db.Tx, g *Group) error {
	n, err := tx.Exec(ctx, `UPDATE group_group SET life = $2, farewell = $3, keeper = $4 WHERE id = $1 AND merged = FALSE -- every scope: read within theirs just before`, g.ID, string(g.Life), g.Farewell, g.keeper)
	return still(n, err)
}

func setChecked(ctx context.Context, tx *db.Tx, g *Group) error {
	n, err := tx.Exec(ctx, `UPDATE group_group SET checked = $2 WHERE id = $1 AND merged = FALSE -- every scope: read within theirs just before`, g.ID, g.Checked)
	return still(n, err)
}

func setHidden(ctx context.Context, tx *db.Tx, g *Group) error {
	n, err := tx.Exec(ctx, `UPDATE group_group SET hidden = $2 WHERE id = $1 AND merged = FALSE -- every scope: read within theirs just before`, g.ID, g.Hidden)
	if err := still(n, err); err != nil {
		return err
	}
	return setScope(ctx, tx, g.ID)
}

// remove deletes a group and what waits about it.
func remove(ctx context.Context, tx *db.Tx, id string) error {
	if err := dropWish(ctx, tx, id, wishOpen, wishDelete); err != nil {
		return err
	}
	if err := dropRemovals(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM group_group WHERE id = $1 -- every scope: read within theirs just before`, id)
	return err
}

// insertWish notes a wish, unless there is one of the kind already.
func insertWish(ctx context.Context, tx *db.Tx, group, what, persona string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_wish (group_id, what, asker_persona_id, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (group_id, what) DO NOTHING`, group, what, persona, now)
	return err
}

func readWish(scan db.Scan) (w Wish, err error) {
	err = scan(&w.What, &w.asker, &w.At)
	return w, err
}

func wishOf(ctx context.Context, q db.Querier, group, what string) (Wish, error) {
	return db.One(ctx, q, readWish, `SELECT what, asker_persona_id, at FROM group_wish WHERE group_id = $1 AND what = $2`, group, what)
}

func wishes(ctx context.Context, q db.Querier, group string) ([]Wish, error) {
	return db.All(ctx, q, readWish, `SELECT what, asker_persona_id, at FROM group_wish WHERE group_id = $1`, group)
}

func dropWish(ctx context.Context, tx *db.Tx, group string, what ...string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_wish WHERE group_id = $1 AND what IN ($2)`, group, what)
	return err
}

func dropOldWishes(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM group_wish WHERE at < $1`, before)
}

// forgetWishes takes back what personas wished: nobody agrees with somebody who
// has left.
func forgetWishes(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_wish WHERE asker_persona_id IN ($1)`, personas)
	return err
}

// forgetWish takes back what a persona wished for one group.
func forgetWish(ctx context.Context, tx *db.Tx, group, persona string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_wish WHERE group_id = $1 AND asker_persona_id = $2`, group, persona)
	return err
}

// wishedBy is what somebody wished for groups, for their export.
func wishedBy(ctx context.Context, q db.Querier, personas []string) ([]string, error) {
	return db.All(ctx, q, db.Text, `SELECT what FROM group_wish WHERE asker_persona_id IN ($1) ORDER BY at`, personas)
}

func readAsking(scan db.Scan) (a asking, err error) {
	err = scan(&a.persona, &a.reminders, &a.stopped, &a.sent)
	return a, err
}

func askings(ctx context.Context, q db.Querier) (map[string]asking, error) {
	all, err := db.All(ctx, q, readAsking, `SELECT organiser_persona_id, reminders, stopped, sent FROM group_asked ORDER BY organiser_persona_id`)
	out := map[string]asking{}
	for _, a := range all {
		out[a.persona] = a
	}
	return out, err
}

// askingOf is how somebody is asked; as everyone is at first, if they never
// chose.
func askingOf(ctx context.Context, q db.Querier, persona string) (asking, error) {
	a, err := db.One(ctx, q, readAsking, `SELECT organiser_persona_id, reminders, stopped, sent FROM group_asked WHERE organiser_persona_id = $1`, persona)
	if errors.Is(err, db.ErrNone) {
		return asking{persona: persona, sent: time.Unix(0, 0)}, nil
	}
	return a, err
}

func askingByKey(ctx context.Context, q db.Querier, key string, after time.Time) (asking, error) {
	return db.One(ctx, q, readAsking, `SELECT organiser_persona_id, reminders, stopped, sent FROM group_asked WHERE key = $1 AND sent > $2`, key, after)
}

// putAsking notes a mail; key is what its link is kept as, empty: it holds no
// more.
func putAsking(ctx context.Context, tx *db.Tx, a asking, sent time.Time, key string) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_asked (organiser_persona_id, reminders, stopped, sent, key) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (organiser_persona_id) DO UPDATE SET stopped = excluded.stopped, sent = excluded.sent, key = excluded.key`, a.persona, a.reminders, a.stopped, sent, key)
	return err
}

func remind(ctx context.Context, tx *db.Tx, a asking) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_asked (organiser_persona_id, reminders, stopped, sent, key) VALUES ($1, $2, $3, $4, '')
		ON CONFLICT (organiser_persona_id) DO UPDATE SET reminders = excluded.reminders, stopped = excluded.stopped`, a.persona, a.reminders, a.stopped, a.sent)
	return err
}

func forgetAsking(ctx context.Context, tx *db.Tx, personas []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM group_asked WHERE organiser_persona_id IN ($1)`, personas)
	return err
}

// names reads what groups are called and where they are, and nothing else.
func names(ctx context.Context, q db.Querier, scopes, ids []string) ([]name, error) {
	return db.All(ctx, q, func(scan db.Scan) (n name, err error) {
		return n, scan(&n.id, &n.slug, &n.name, &n.lang)
	}, `SELECT g.id, g.slug, g.name, g.written_in FROM group_group g WHERE g.id IN ($1) AND g.scope IN ($2)`, ids, scopes)
}

// placedBy is the gazetteer the groups were last placed by, "" for none.
func placedBy(ctx context.Context, q db.Querier) (string, error) {
	v, err := db.One(ctx, q, db.Text, `SELECT version FROM group_placed WHERE what = 'groups'`)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return v, err
}

func setPlacedBy(ctx context.Context, tx *db.Tx, version string) error {
	_, err := tx.Exec(ctx, `INSERT INTO group_placed (what, version) VALUES ('groups', $1) ON CONFLICT (what) DO UPDATE SET version = excluded.version`, version)
	return err
}
