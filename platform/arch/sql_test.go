package arch

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// banned are the words that mean one thing on one engine and another, or
// nothing, on the other: see the package comment of platform/db.
var banned = []struct {
	what    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\bCAST\s*\(\s*\$\d+\s+AS\s+TIMESTAMP`), "SQLite makes a number of it: give a time.Time as the argument, and compare with the column"},
	{regexp.MustCompile(`(?i)\$\d+::`), "SQLite has no such cast: let the column, or the argument, have the type"},
	{regexp.MustCompile(`\b(?i:I?LIKE|GLOB|COLLATE\s+NOCASE)\b`), "engines differ over upper and lower case: fold the case in Go and compare with =, or use platform/search"},
	{regexp.MustCompile(`(?i)\$\d+\s+IS\s+(NOT\s+)?(NULL|DISTINCT)\b`), "PostgreSQL can't tell the type of an argument that is only compared with NULL: decide in Go which query to run"},
	{regexp.MustCompile(`(?i)\b(INSERT\s+OR\s+\w+|REPLACE\s+INTO)\b`), "this is SQLite's alone, and deletes the old row first: write INSERT … ON CONFLICT … DO UPDATE"},
	{regexp.MustCompile(`\bOFFSET\b`), "a page further on costs more and skips rows: begin after the last key that was shown"},
	{regexp.MustCompile(`(?i)\b(UNLISTEN|LISTEN|NOTIFY|pg_notify)\b`), "SQLite and the distributed PostgreSQLs have none: use change counters (tx.Changed) or a job"},
	{regexp.MustCompile(`(?i)\bpg_(try_)?advisory\w*`), "SQLite and the distributed PostgreSQLs have none: take a row by one conditional update"},
	{regexp.MustCompile(`(?i)\b(nextval|currval|lastval|CREATE\s+SEQUENCE|(small|big)?serial|AUTOINCREMENT|AS\s+IDENTITY|last_insert_rowid)\b`), "no sequences: ids are made by platform/id, since order reveals people"},
}

// ground are the prefixes of the ground floor's tables, which every room may
// name.
var ground = []string{"db_", "access_", "record_", "search_", "job_", "web_"}

// unscoped are tables whose column scope is no guard of their rows: who holds
// which scope, and what search filters by itself.
var unscoped = []string{"access_grant", "search_doc"}

const scopedTable = "-- +goose Up\nCREATE TABLE a_thing (\n\tid TEXT PRIMARY KEY,\n\tscope TEXT NOT NULL,\n\tdone TIMESTAMP\n);\nCREATE TABLE a_bare (id TEXT PRIMARY KEY);\n"

// query is a sample room that runs one query.
func query(q string) map[string]string {
	return map[string]string{
		"people/a/migrations/00001_a.sql": scopedTable,
		"people/b/b.go":                   "package b\n",
		"people/b/migrations/00001_b.sql": "-- +goose Up\nCREATE TABLE b_thing (id TEXT PRIMARY KEY);\n",
		"people/a/a.go":                   "package a\nconst columns = `t.id, t.done`\nvar cond = \"LIKE\"\nfunc f() {\n\t_ = " + q + "\n}\n",
	}
}

func in(path, q string) map[string]string {
	files := query("``")
	files[path] = "package x\nfunc f() {\n\t_ = " + q + "\n}\n"
	return files
}

var sqlGuards = []guard{
	{
		name:  "SQL that the guards can read",
		check: func(h *house) report { _, r := sqlOf(h); return r },
		catches: []sample{
			{"in capitals", query("`select id from a_bare`")},
			{"in capitals", query("`delete from a_bare`")},
			{"can't read", map[string]string{"people/a/a.go": "package a\nfunc f(ctx, q any, text string) { q.Exec(ctx, text) }\n"}},
			{"can't read", map[string]string{"people/a/a.go": "package a\nfunc f(ctx, q any, name string) { q.QueryRow(ctx, `SELECT id FROM `+name) }\n"}},
			{"can't read", map[string]string{"people/a/a.go": "package a\nfunc f(ctx, q any) { db.All(ctx, q, db.Text, fmt.Sprintf(`SELECT %s FROM a`, x)) }\n"}},
			{"can't read", map[string]string{"people/a/a.go": "package a\nfunc key(s string) string { return s }\nfunc f(ctx, q any) { q.Query(ctx, `SELECT `+key(x)+` FROM a_x`) }\n"}},
			{"can't read", map[string]string{"people/a/a.go": "package a\nfunc f(ctx, q any, more string) { text := `SELECT 1`; text = text2(); db.One(ctx, q, db.Text, text) }\n"}},
		},
		passes: []sample{
			{"", query("`select one of these`")},
			{"", map[string]string{"people/a/a.go": "package a\nfunc key() string {\n\tif x {\n\t\treturn `n`\n\t}\n\treturn `thing`\n}\nfunc f(ctx, q any) { q.Query(ctx, `SELECT `+key()+` FROM a_x`) }\n"}},
			{"", map[string]string{"people/a/a.go": "package a\nconst columns = `id`\nfunc f(ctx, q any) {\n\ttext := `SELECT ` + columns + ` FROM a_x`\n\tif x {\n\t\ttext += ` WHERE id = $1`\n\t}\n\tdb.All(ctx, q, db.Text, text+tx.SkipLocked())\n\tr.URL.Query()\n}\n"}},
		},
	},
	{
		name:  "SQL that means the same on both engines",
		check: checkWords,
		catches: []sample{
			{"CAST($1 AS TIMESTAMP", query("`SELECT id FROM a_bare WHERE CAST($1 AS TIMESTAMP) > 1`")},
			{"upper and lower case", query("`SELECT id FROM a_bare WHERE id LIKE $1`")},
			{"upper and lower case", query("`SELECT id FROM a_bare WHERE id ` + cond + ` $1`")},
			{"upper and lower case", query("` AND id ILIKE $2`")},
			{"compared with NULL", query("`SELECT id FROM a_bare WHERE $1 IS NULL`")},
			{"compared with NULL", query("`SELECT id FROM a_bare WHERE ($1 IS NOT NULL OR id = $1)`")},
			{"ON CONFLICT", query("`INSERT OR REPLACE INTO a_bare (id) VALUES ($1)`")},
			{"last key", query("`SELECT id FROM a_bare ORDER BY id LIMIT $1 OFFSET $2`")},
			{"change counters", query("`LISTEN things`")},
			{"change counters", query("`NOTIFY things`")},
			{"conditional update", query("`SELECT pg_advisory_lock(1)`")},
			{"platform/id", query("`SELECT nextval('x')`")},
			{"nothing is $2", query("`SELECT id FROM a_bare WHERE id = $1 AND id <> $3`")},
			{"nothing is $1", query("`SELECT id FROM a_bare WHERE id = $2`")},
			{"NULLS FIRST or NULLS LAST", query("`SELECT ` + columns + ` FROM a_thing t WHERE t.scope IN ($1) ORDER BY t.done DESC, t.id LIMIT 5`")},
			{"NULLS FIRST or NULLS LAST", query("`SELECT id FROM a_thing WHERE scope IN ($1) ORDER BY id, done`")},
			{"as the beginning of a text", query("`SELECT id FROM a_thing -- every scope: it isn't so`")},
			{"stands at the end", query("\"SELECT id FROM a_thing -- every scope: why WHERE id = $1\"")},
		},
		passes: []sample{
			{"", query("`SELECT ` + columns + `, count(*) FROM a_thing t WHERE t.scope IN ($1) ORDER BY t.done DESC NULLS LAST, CASE WHEN t.done IS NULL THEN 0 ELSE 1 END, t.id LIMIT $2`")},
			{"", query("`INSERT INTO a_bare (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id`")},
			{"", query("`SELECT id FROM a_bare WHERE id = 'LIKE OFFSET'`")},
			{"", query("`Like it or not`")},
		},
	},
	{
		name:  "SQL that asks who may see",
		check: checkScopes,
		catches: []sample{
			{"scope IN (", query("`SELECT ` + columns + ` FROM a_thing t WHERE t.id = $1`")},
			{"scope IN (", query("`UPDATE a_thing SET done = $2 WHERE id = $1`")},
			{"scope IN (", query("`DELETE FROM a_thing WHERE id = $1`")},
			{"scope IN (", query("`SELECT b.id FROM a_bare b JOIN a_thing t ON t.id = b.id`")},
			{"scope IN (", query("`INSERT INTO a_bare (id) SELECT id FROM a_thing`")},
			{"scope IN (", query("`SELECT id FROM a_thing -- every scope:`")},
			{"scope IN (", query("`SELECT id, scope FROM a_thing`")},
		},
		passes: []sample{
			{"", query("`SELECT ` + columns + ` FROM a_thing t WHERE t.id = $1 AND t.scope IN ($2)`")},
			{"", query("`SELECT id FROM a_thing -- every scope: the command line`")},
			{"", query("`SELECT id FROM a_bare`")},
			{"", query("`INSERT INTO a_thing (id, scope) VALUES ($1, $2)`")},
			{"", map[string]string{"platform/access/migrations/00001_a.sql": "-- +goose Up\nCREATE TABLE access_grant (scope TEXT PRIMARY KEY);\n", "platform/access/a.go": "package access\nvar q = `SELECT scope FROM access_grant`\n"}},
		},
	},
	{
		name:  "SQL that names its own tables",
		check: checkTables,
		catches: []sample{
			{"b_thing is not a's", query("`SELECT id FROM b_thing`")},
			{"b_thing is not a's", query("`SELECT a.id FROM a_bare a, b_thing b`")},
			{"b_thing is not a's", query("`SELECT id FROM a_bare WHERE id IN (SELECT id FROM b_thing)`")},
			{"b_thing is not a's", query("` JOIN b_thing b ON TRUE`")},
			{"b_thing is not a's", query("`UPDATE b_thing SET id = $1`")},
			{"c_other is not a's", query("`INSERT INTO c_other (id) VALUES ($1)`")},
			{"a_bare is no table of the ground floor", in("platform/x/x.go", "`SELECT id FROM a_bare`")},
			{"the word of a room", in("platform/x/x.go", "`SELECT owner_b_id FROM db_x`")},
			{"the word of a room", map[string]string{"people/b/b.go": "package b\n", "platform/x/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE x_x (b TEXT PRIMARY KEY);\n"}},
			{"is no table of the ground floor", in("cmd/x/x.go", "`SELECT id FROM a_bare`")},
		},
		passes: []sample{
			{"", query("`SELECT t.id FROM a_thing t JOIN a_bare b ON b.id = t.id JOIN access_grant g ON g.scope = t.scope WHERE t.scope IN ($1)`")},
			{"", query("`WITH mine AS (SELECT id FROM a_bare) SELECT id FROM mine`")},
			{"", query("`INSERT INTO a_bare (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id`")},
			{"", in("platform/job/x.go", "`SELECT id FROM job_job GROUP BY id`")},
			{"", in("platform/db/x.go", "`SELECT name FROM sqlite_master`")},
		},
	},
}

var (
	numbers = regexp.MustCompile(`\$(\d+)`)
	orderBy = regexp.MustCompile(`\bORDER BY (.*)`)
	orderIt = regexp.MustCompile(`^(?:[a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*)(?: ASC| DESC)?( NULLS (?:FIRST|LAST))?$`)
)

func checkWords(h *house) (r report) {
	all, _ := sqlOf(h)
	known := tables(h)
	for _, s := range all {
		sql := bare(s.text)
		for _, b := range banned {
			if m := b.what.FindString(sql); m != "" {
				r.at(h, s.src, s.pos, "%s: %s", m, b.instead)
			}
		}
		for _, c := range comments.FindAllStringIndex(s.text, -1) {
			if strings.ContainsAny(s.text[c[0]:c[1]], "'\"$") {
				r.at(h, s.src, s.pos, "db takes a quotation mark or a $ in a comment as the beginning of a text or an argument: say it in other words")
			}
			if strings.TrimSpace(s.text[c[1]:]) == "" && numbers.MatchString(s.text[c[0]:c[1]]) {
				r.at(h, s.src, s.pos, "the comment swallows an argument: it stands at the end of the text")
			}
		}
		if s.whole && !s.loose {
			seen := map[int]bool{}
			top := 0
			for _, m := range numbers.FindAllStringSubmatch(sql, -1) {
				n, _ := strconv.Atoi(m[1])
				seen[n], top = true, max(top, n)
			}
			for n := 1; n <= top; n++ {
				if !seen[n] {
					r.at(h, s.src, s.pos, "nothing is $%d: number the arguments without a gap, since the engines count them differently", n)
				}
			}
		}
		checkOrder(h, &r, s, sql, known)
	}
	return r
}

// checkOrder looks for columns that may be empty and are ordered by, where one
// engine puts the empty ones first and the other last.
func checkOrder(h *house, r *report, s statement, sql string, known map[string]*table) {
	names := tablesIn(s.text, known)
	for rest := sql; ; {
		m := orderBy.FindStringSubmatch(rest)
		if m == nil {
			return
		}
		rest = m[1]
		for _, item := range columnsOf(cutOrder(rest) + ")") {
			m := orderIt.FindStringSubmatch(strings.TrimSpace(item))
			if m == nil || m[2] != "" {
				continue
			}
			for _, n := range names {
				if t := known[n]; t != nil && t.nullable[m[1]] {
					r.at(h, s.src, s.pos, "ORDER BY %s: %s.%s may be empty, and engines put what is empty first or last; write NULLS FIRST or NULLS LAST", m[1], n, m[1])
				}
			}
		}
	}
}

var orderEnd = regexp.MustCompile(`\b(LIMIT|OFFSET|FOR UPDATE|RETURNING|UNION|FETCH)\b`)

// cutOrder is what is ordered by: up to the end of the clause, or of the
// parentheses around it.
func cutOrder(s string) string {
	if at := orderEnd.FindStringIndex(s); at != nil {
		s = s[:at[0]]
	}
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return s[:i]
			}
		}
	}
	return s
}

var (
	scopeIn    = regexp.MustCompile(`\bscope IN \(`)
	everyScope = regexp.MustCompile(`-- every scope: \S.*\s*$`)
	plainWrite = regexp.MustCompile(`^INSERT INTO [^;]*? VALUES\b`)
)

func checkScopes(h *house) (r report) {
	all, _ := sqlOf(h)
	known := tables(h)
	for _, s := range all {
		sql := bare(s.text)
		if plainWrite.MatchString(sql) && !strings.Contains(sql, "SELECT") {
			continue // a new row, which gets its scope here
		}
		for _, n := range tablesIn(s.text, known) {
			t := known[n]
			if t == nil || slices.Contains(unscoped, n) {
				continue
			}
			if _, guarded := t.nullable["scope"]; guarded && !scopeIn.MatchString(sql) && !everyScope.MatchString(s.text) {
				r.at(h, s.src, s.pos, "%s has rows that not everybody may see: add \"scope IN ($n)\" with the viewer's scopes, or end the text with \"-- every scope: reason\"", n)
			}
		}
	}
	return r
}

func checkTables(h *house) (r report) {
	all, _ := sqlOf(h)
	known := tables(h)
	rooms := h.rooms()
	for _, s := range all {
		kind, name := part(s.src.dir)
		for _, n := range tablesIn(s.text, known) {
			if n == "" || slices.ContainsFunc(ground, func(p string) bool { return strings.HasPrefix(n, p) }) {
				continue
			}
			switch {
			case kind == "room" && !strings.HasPrefix(n, name+"_"):
				r.at(h, s.src, s.pos, "%s is not %s's: ask the room that owns it through an interface, or let search bring its ids", n, name)
			case kind != "room" && !(name == "db" && regexp.MustCompile(`^(sqlite_|pg_|pragma_|information_schema)`).MatchString(n)):
				r.at(h, s.src, s.pos, "%s is no table of the ground floor: let the room that owns it do this", n)
			}
		}
		if kind == "platform" {
			roomWords(&r, s.src.path, h.fset.Position(s.pos).Line, s.text, rooms)
		}
	}
	for _, s := range steps(h) {
		if s.wing == "platform" {
			roomWords(&r, s.path, 1, s.text, rooms)
		}
	}
	return r
}

// roomWords looks for the words of rooms in SQL of the platform.
func roomWords(r *report, path string, line int, sql string, rooms []string) {
	for _, w := range token1.FindAllString(bare(sql), -1) {
		for part := range strings.SplitSeq(w, "_") {
			if slices.Contains(rooms, part) {
				r.add(path, line, "%s: %q is the word of a room, and platform knows none; call it by what it is to everybody", w, part)
			}
		}
	}
}
