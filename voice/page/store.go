package page

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// A page is read with all its languages in one query: a row a language, and one
// without for a page that has none.
const columns = `p.id, p.slug, p.hidden, t.lang, t.title, t.body, t.against, t.revision, t.changed`

type row struct {
	page Page
	text *Text
}

func scanRow(scan db.Scan) (r row, err error) {
	var lang, title, body *string
	var against, revision *int
	var changed *time.Time
	err = scan(&r.page.ID, &r.page.Slug, &r.page.Hidden, &lang, &title, &body, &against, &revision, &changed)
	if err == nil && lang != nil {
		r.text = &Text{Details: Details{*title, *body}, Lang: *lang, Against: *against, Revision: *revision, Changed: *changed}
	}
	return r, err
}

// gather puts the rows of each page together, in their order.
func gather(rows []row, err error) (out []*Page, _ error) {
	byID := map[string]*Page{}
	for _, r := range rows {
		p := byID[r.page.ID]
		if p == nil {
			p = &Page{ID: r.page.ID, Slug: r.page.Slug, Hidden: r.page.Hidden, Texts: map[string]*Text{}}
			byID[p.ID] = p
			out = append(out, p)
		}
		if r.text != nil {
			p.Texts[r.text.Lang] = r.text
		}
	}
	return out, err
}

func bySlug(ctx context.Context, q db.Querier, scopes []string, slug string) (*Page, error) {
	ps, err := gather(db.All(ctx, q, scanRow, `SELECT `+columns+` FROM page_page p LEFT JOIN page_text t ON t.page_id = p.id
		WHERE p.slug = $1 AND p.scope IN ($2) ORDER BY p.slug`, slug, scopes))
	if err != nil {
		return nil, err
	}
	if len(ps) == 0 {
		return nil, fault.Missing()
	}
	return ps[0], nil
}

// all reads pages by their addresses.
func all(ctx context.Context, q db.Querier, scopes []string, most int) ([]*Page, error) {
	return gather(db.All(ctx, q, scanRow, `SELECT `+columns+` FROM (SELECT id, slug, hidden FROM page_page WHERE scope IN ($1) ORDER BY slug LIMIT $2) p
		LEFT JOIN page_text t ON t.page_id = p.id ORDER BY p.slug`, scopes, most))
}

func byIDs(ctx context.Context, q db.Querier, scopes, ids []string) ([]*Page, error) {
	return gather(db.All(ctx, q, scanRow, `SELECT `+columns+` FROM page_page p LEFT JOIN page_text t ON t.page_id = p.id
		WHERE p.id IN ($1) AND p.scope IN ($2) ORDER BY p.slug`, ids, scopes))
}

// hold keeps a page's row from being changed until the transaction ends: what is
// found of a page is made from all its languages.
func hold(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.One(ctx, tx, db.Text, `SELECT id FROM page_page WHERE id = $1`+tx.ForUpdate()+` -- every scope: read within theirs just after`, id)
	if errors.Is(err, db.ErrNone) {
		return fault.Missing()
	}
	return err
}

func insert(ctx context.Context, tx *db.Tx, p *Page) error {
	_, err := tx.Exec(ctx, `INSERT INTO page_page (id, slug, scope, hidden) VALUES ($1, $2, $3, $4)`, p.ID, p.Slug, p.scope(), p.Hidden)
	return err
}

// scope is who may see a page: everybody, or while it is hidden the network
// team.
func (p *Page) scope() string {
	if p.Hidden {
		return access.Desk
	}
	return access.Public
}

func setHidden(ctx context.Context, tx *db.Tx, p *Page) error {
	_, err := tx.Exec(ctx, `UPDATE page_page SET hidden = $2, scope = $3 WHERE id = $1 -- every scope: only the network team hides pages, and sees them all`, p.ID, p.Hidden, p.scope())
	return err
}

// putText writes a text whose revision was just raised by one. If another change
// came first it is a Conflict.
func putText(ctx context.Context, tx *db.Tx, page string, t *Text) error {
	n, err := tx.Exec(ctx, `INSERT INTO page_text AS was (page_id, lang, title, body, against, revision, changed) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (page_id, lang) DO UPDATE SET title = excluded.title, body = excluded.body, against = excluded.against, revision = excluded.revision, changed = excluded.changed
		WHERE was.revision = excluded.revision - 1`, page, t.Lang, t.Title, t.Body, t.Against, t.Revision, t.Changed)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "page.changed-meanwhile")
	}
	return err
}

func slugTaken(ctx context.Context, q db.Querier, slug string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM page_page WHERE slug = $1 -- every scope: addresses are unique`, slug).Scan(&n)
	return n > 0, err
}

func count(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM page_page -- every scope: how many there may be`).Scan(&n)
	return n, err
}
