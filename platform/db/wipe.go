package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
)

// wipe overwrites what SQLite leaves lying in the middle of its pages. With
// secure_delete it zeroes a row that is deleted, but not the copy of it that is
// left where a page was written anew to make room: between the page's table of
// cells and the first of them. (TestScrubGaps; the format:
// https://www.sqlite.org/fileformat.html#b_tree_pages.)
//
// Pages are looked at first, and those with something in the gap written in
// transactions of their own, so that others wait for moments only.
func wipe(ctx context.Context, c *sql.Conn) error {
	dirty, err := dirtyPages(ctx, c)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(dirty, 256) {
		if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return err
		}
		err := wipePages(ctx, c, part)
		end := "COMMIT"
		if err != nil {
			end = "ROLLBACK"
		}
		// Whatever became of the request, the transaction ends.
		if _, cerr := c.ExecContext(context.WithoutCancel(ctx), end); err != nil || cerr != nil {
			return errors.Join(err, cerr)
		}
	}
	return nil
}

func dirtyPages(ctx context.Context, c *sql.Conn) (out []int, err error) {
	rows, err := c.QueryContext(ctx, `SELECT pgno, data FROM sqlite_dbpage`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var page sql.RawBytes
	for rows.Next() {
		var n int
		if err := rows.Scan(&n, &page); err != nil {
			return nil, err
		}
		if from, to := gap(n, page); slices.ContainsFunc(page[from:to], func(b byte) bool { return b != 0 }) {
			out = append(out, n)
		}
	}
	return out, rows.Err()
}

func wipePages(ctx context.Context, c *sql.Conn, pages []int) error {
	for _, n := range pages {
		var page []byte
		if err := c.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = $1`, n).Scan(&page); err != nil {
			return err
		}
		from, to := gap(n, page)
		clear(page[from:to])
		if _, err := c.ExecContext(ctx, `UPDATE sqlite_dbpage SET data = $1 WHERE pgno = $2`, page, n); err != nil {
			return err
		}
	}
	return nil
}

// gap is where page n has no cells; nothing of a page that is none of a b-tree.
func gap(n int, page []byte) (from, to int) {
	head := 0
	if n == 1 {
		head = 100 // the file's own
	}
	if len(page) < head+12 {
		return 0, 0
	}
	switch page[head] {
	case 2, 5: // inside an index, or a table
		from = head + 12
	case 10, 13: // their leaves
		from = head + 8
	default:
		return 0, 0
	}
	from += 2 * int(binary.BigEndian.Uint16(page[head+3:]))
	if to = int(binary.BigEndian.Uint16(page[head+5:])); to == 0 {
		to = 1 << 16
	}
	if from > to || to > len(page) {
		return 0, 0
	}
	return from, to
}
