package arch

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

// The plans of every statement in the source, on a database with the tables of
// every room: each is one both engines take, and finds its rows by an index.

// wholeTables are tables that may be read from end to end, and why.
var wholeTables = map[string]string{
	"db_change":     "a few rows a room",
	"group_term":    "the network's own words: all of them are wanted, and there are dozens",
	"invite_choice": "one row",
	"member_kind":   "one row a kind of membership",
	"member_number": "one row",
	"equal_state":   "one row",
	"equal_waiting": "one row for each server",
	"member_team":   "one row",
	"page_page":     "the network's ordinary pages, at most 200: the menus are made from all of them, and kept",
	"job_schedule":  "one row for each kind of work that comes round: about fifteen",
	"network_setup": "those who are just setting the network up: two browsers, once",
	"helpnow_line":  "which countries have lines is asked when that has changed; lines are entered and tried by hand, one by one",
}

// wholeReads are statements that read a table from end to end, by a part of
// their text, and why they may.
var wholeReads = map[string]string{
	"FROM (SELECT id, slug, hidden FROM page_page":                     "what comes out of the inner query, which takes at most 200 pages by their index",
	"SELECT gone_id FROM group_proposal UNION":                         "kept in memory until a group changes; there are as many as merges that wait for an answer",
	"FROM group_asked ORDER BY organiser_persona_id":                   "once a day, to see who is to be asked",
	"SELECT holder_persona_id, scope FROM access_grant WHERE relation": "once a day, to see who is to be asked",
	"SELECT id FROM member_member":                                     "when a backup was put back, to find those who were erased since",
	"SELECT key, day FROM privacy_erased":                              "when the program begins and once an hour, to see that the ledger outside says the same: a line an erased account, and one a yes taken back",
	"WHERE state IN ('', '')":                                          "when a backup was put back, to take back every invitation",
	"FROM consent_now n JOIN consent_entry e ON":                       "when a backup was put back, to find the yeses that were taken back since",
	"pragma_table_info(m.name)":                                        "the engine's own list of columns, for a backup",
	"pragma_foreign_key_list(m.name)":                                  "the engine's own list of what refers to what, for a backup",
	"SELECT count(*) FROM member_member":                               "whether anybody is here yet, asked once when a demo begins",
	"SELECT count(*) FROM member_asked":                                "those who are asked just now whether they stay, for the desk",
}

// oneEngine are the words of statements that only one engine is given. They
// stand where the dialect is settled: in db and in search.
var oneEngine = map[db.Dialect]*regexp.Regexp{
	db.SQLite:   regexp.MustCompile(`\b(search_words|MATCH|bm25|sqlite_\w+|rowid)\b|SELECT n FROM search_doc|\bsearch_doc\b.*\bn\b`),
	db.Postgres: regexp.MustCompile(`\b(to_tsvector|to_tsquery|ts_rank|tsvector|pg_\w+|current_s\w+|information_schema|to_regnamespace)\b|@@`),
}

// explained are the statements a plan is asked for: not those that are only
// known when they run, which are given with the reason.
func explained(t *testing.T, h *house) (out []statement) {
	all, _ := sqlOf(h)
	for _, s := range all {
		switch {
		case !s.whole || !regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`).MatchString(s.text):
		case s.loose && len(s.ways) == 0:
			t.Logf("%s: its plan is not asked for: some of it is only known when it runs", h.fset.Position(s.pos))
		default:
			out = append(out, s)
		}
	}
	return out
}

// roomsOf are the migrations of every folder that has some, read from the
// source.
func roomsOf(h *house, root string) (out []db.Migrations) {
	var seen []string
	for _, s := range steps(h) {
		dir := path.Dir(s.dir)
		if s.room == "db" || slices.Contains(seen, dir) {
			continue // dbtest brings db's own
		}
		seen = append(seen, dir)
		out = append(out, db.Migrations{Room: s.room, Files: os.DirFS(filepath.Join(root, filepath.FromSlash(dir)))})
	}
	return out
}

func TestPlans(t *testing.T) {
	dir := root(t)
	h, err := read(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	all := explained(t, h)
	if len(all) < 50 {
		t.Fatalf("only %d statements were found", len(all))
	}
	dbtest.Run(t, roomsOf(h, dir), func(t *testing.T, d *db.DB) {
		e := newExplainer(t, d)
		excused := map[string]bool{}
		for _, s := range all {
			other := db.Postgres
			if d.Dialect == db.Postgres {
				other = db.SQLite
			}
			if oneEngine[other].MatchString(s.text) && (strings.HasPrefix(s.src.dir, "platform/search") || strings.HasPrefix(s.src.dir, "platform/db")) {
				continue
			}
			where := h.fset.Position(s.pos)
			whole, err := e.any(t.Context(), s)
			if err != nil {
				t.Errorf("%s: %s does not take this: %v", where, d.Dialect, err)
				continue
			}
			for _, table := range whole {
				if strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "pg_") {
					continue // the engine's own
				}
				if wholeTables[table] != "" {
					excused[table] = true
					continue
				}
				if part := excuse(s.text); part != "" {
					excused[part] = true
					continue
				}
				t.Errorf("%s: reads all of %s: add an index for it to a migration, or say in platform/arch/plans_test.go why it may", where, table)
			}
		}
		for _, list := range []map[string]string{wholeTables, wholeReads} {
			for name := range list {
				if d.Dialect == db.SQLite && !excused[name] {
					t.Errorf("%q needs no excuse any more: take it off the list", name)
				}
			}
		}
	})
}

func excuse(sql string) string {
	for part := range wholeReads {
		if strings.Contains(bare(sql), part) {
			return part
		}
	}
	return ""
}

// The explainer finds what it is there for.
func TestPlansCatch(t *testing.T) {
	rooms := []db.Migrations{{Room: "a", Files: os.DirFS(sampleRoom(t))}}
	dbtest.Run(t, rooms, func(t *testing.T, d *db.DB) {
		e := newExplainer(t, d)
		for sql, want := range map[string]string{
			`SELECT id FROM a_thing WHERE name = $1`:                                     "a_thing",
			`SELECT id FROM a_thing ORDER BY name LIMIT 10`:                              "a_thing",
			`SELECT count(*) FROM a_thing`:                                               "a_thing",
			`UPDATE a_thing SET name = $1 WHERE name = $2`:                               "a_thing",
			`DELETE FROM a_thing WHERE name = $1`:                                        "a_thing",
			`SELECT t.id FROM a_thing t JOIN a_thing u ON u.name = t.name WHERE t.id=$1`: "a_thing",
			`SELECT id FROM a_thing WHERE id = $1`:                                       "",
			`SELECT id FROM a_thing WHERE scope IN ($1) ORDER BY scope, id LIMIT $2`:     "",
			`SELECT id FROM a_thing ORDER BY id LIMIT 10`:                                "",
			`INSERT INTO a_thing (id, scope, name) VALUES ($1, $2, $3)`:                  "",
			`UPDATE a_thing SET name = $1 WHERE id = $2`:                                 "",
		} {
			got, err := e.whole(t.Context(), sql)
			if err != nil {
				t.Errorf("%s: %v", sql, err)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: reads all of %v, want %q", sql, got, want)
			}
		}
		if _, err := e.whole(t.Context(), `SELECT nothing FROM a_thing WHERE id = $1`); err == nil {
			t.Error("a column that is not there passes")
		}
	})
}

func sampleRoom(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o700); err != nil {
		t.Fatal(err)
	}
	step := "-- +goose Up\nCREATE TABLE a_thing (id TEXT PRIMARY KEY, scope TEXT NOT NULL, name TEXT NOT NULL);\nCREATE INDEX a_thing_scope ON a_thing (scope, id);\n"
	if err := os.WriteFile(filepath.Join(dir, "migrations", "00001_a.sql"), []byte(step), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// explainer asks an engine how it would carry a statement out.
type explainer struct{ d *db.DB }

// planFunction plans a statement without its arguments, as it is planned for
// any of them, and with reading whole tables made so dear that only what no
// index serves is read so. EXPLAIN takes no arguments by itself before
// PostgreSQL 16.
const planFunction = `CREATE FUNCTION arch_plan(statement text, n integer) RETURNS SETOF json LANGUAGE plpgsql
	SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS '
	BEGIN
		EXECUTE ''PREPARE arch_statement AS '' || statement;
		RETURN QUERY EXECUTE ''EXPLAIN (FORMAT JSON) EXECUTE arch_statement'' ||
			CASE WHEN n = 0 THEN '''' ELSE ''('' || rtrim(repeat(''NULL,'', n), '','') || '')'' END;
		DEALLOCATE arch_statement;
	END'`

func newExplainer(t *testing.T, d *db.DB) *explainer {
	t.Helper()
	if d.Dialect == db.Postgres {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, planFunction)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return &explainer{d}
}

// any is whole for a statement that is one thing on one engine and another on
// the other: of what it may be, the engine takes its own.
func (e *explainer) any(ctx context.Context, s statement) (out []string, err error) {
	if !s.loose {
		return e.whole(ctx, s.text)
	}
	taken := false
	for _, text := range s.ways {
		whole, werr := e.whole(ctx, text)
		if werr == nil {
			taken, out = true, append(out, whole...)
		} else {
			err = werr
		}
	}
	if taken {
		err = nil
	}
	return out, err
}

// whole are the tables a statement reads from end to end.
func (e *explainer) whole(ctx context.Context, sql string) ([]string, error) {
	n := 0
	for _, m := range numbers.FindAllStringSubmatch(bare(sql), -1) {
		var i int
		fmt.Sscan(m[1], &i)
		n = max(n, i)
	}
	if e.d.Dialect == db.SQLite {
		return e.sqlite(ctx, sql, n)
	}
	return e.postgres(ctx, sql, n)
}

var (
	scan    = regexp.MustCompile(`^SCAN (\S+)( USING (COVERING )?INDEX (\S+))?( VIRTUAL TABLE INDEX \d+:\S+)?`)
	aliases = regexp.MustCompile(`\b(?:FROM|JOIN|UPDATE|,)\s+([a-z_][a-z0-9_]*)(?:\s+(?:AS\s+)?([a-z][a-z0-9_]*))?`)
)

func (e *explainer) sqlite(ctx context.Context, sql string, n int) (out []string, err error) {
	plan, err := db.All(ctx, e.d, func(read db.Scan) (s string, err error) {
		var a, b, c any
		err = read(&a, &b, &c, &s)
		return s, err
	}, "EXPLAIN QUERY PLAN "+sql, make([]any, n)...)
	if err != nil {
		return nil, err
	}
	called := map[string]string{}
	for _, m := range aliases.FindAllStringSubmatch(bare(sql), -1) {
		called[m[1]], called[m[2]] = m[1], m[1]
	}
	for i, line := range plan {
		m := scan.FindStringSubmatch(line)
		if m == nil || m[5] != "" || m[1] == "CONSTANT" || strings.HasPrefix(m[1], "(") {
			continue
		}
		// Along an index, in its order, as far as a limit: that is no whole table.
		sorts := slices.ContainsFunc(plan[i:], func(s string) bool { return strings.Contains(s, "TEMP B-TREE") })
		if m[2] != "" && !sorts && orderBy.MatchString(bare(sql)) && strings.Contains(sql, "LIMIT") {
			continue
		}
		name := called[m[1]]
		if name == "" {
			name = m[1]
		}
		out = append(out, name)
	}
	return out, nil
}

// node is a step of a plan of PostgreSQL.
type node struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Cond     string `json:"Index Cond"`
	Plans    []node `json:"Plans"`
}

func (e *explainer) postgres(ctx context.Context, sql string, n int) (out []string, err error) {
	text := strings.TrimSpace(comments.ReplaceAllString(sql, ""))
	got, err := db.One(ctx, e.d, db.Text, `SELECT arch_plan($1, $2)::text`, text, n)
	if err != nil {
		return nil, err
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(got), &plans); err != nil {
		return nil, err
	}
	var walk func(n node, limited bool)
	walk = func(n node, limited bool) {
		switch n.Type {
		case "Seq Scan":
			out = append(out, n.Relation)
		case "Index Scan", "Index Only Scan":
			if n.Cond == "" && !limited {
				out = append(out, n.Relation)
			}
		}
		for _, p := range n.Plans {
			walk(p, n.Type == "Limit" || limited && n.Type != "Sort" && n.Type != "Aggregate")
		}
	}
	for _, p := range plans {
		walk(p.Plan, false)
	}
	return out, nil
}
