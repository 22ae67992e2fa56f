package arch

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// table is a table as its room's migrations make it.
type table struct {
	name, room string
	nullable   map[string]bool // by column; false: it always holds a value
}

// step is one migration file.
type step struct {
	path, dir string
	room      string
	wing      string
	text      string
}

func steps(h *house) (out []step) {
	for _, p := range h.paths {
		dir := path.Dir(p)
		if path.Ext(p) == ".sql" && path.Base(dir) == "migrations" {
			room := path.Dir(dir)
			out = append(out, step{p, dir, path.Base(room), path.Dir(room), h.text(p)})
		}
	}
	return out
}

var (
	createTable = regexp.MustCompile(`\bCREATE TABLE (?:IF NOT EXISTS )?(\S+?)\s*\(`)
	addColumn   = regexp.MustCompile(`\bALTER TABLE (\S+) ADD (?:COLUMN )?([^;]+)`)
	constraint  = regexp.MustCompile(`^(PRIMARY|UNIQUE|FOREIGN|CHECK|CONSTRAINT|EXCLUDE)\b`)
)

// tables are all tables of the house.
func tables(h *house) map[string]*table {
	out := map[string]*table{}
	for _, s := range steps(h) {
		sql := bare(s.text)
		for _, m := range createTable.FindAllStringSubmatchIndex(sql, -1) {
			name := sql[m[2]:m[3]]
			if out[name] == nil {
				out[name] = &table{name, s.room, map[string]bool{}}
			}
			for _, c := range columnsOf(sql[m[1]:]) {
				out[name].column(c)
			}
		}
		for _, m := range addColumn.FindAllStringSubmatch(sql, -1) {
			if t := out[m[1]]; t != nil {
				t.column(m[2])
			}
		}
	}
	return out
}

func (t *table) column(def string) {
	name, rest, _ := strings.Cut(strings.TrimSpace(def), " ")
	if name != "" && !constraint.MatchString(name) {
		t.nullable[name] = t.nullable[name] || !strings.Contains(rest, "NOT NULL") && !strings.Contains(rest, "PRIMARY KEY")
	}
}

// columnsOf cuts what stands in the parentheses that have just been opened.
func columnsOf(sql string) (out []string) {
	depth, from := 1, 0
	for i := 0; i < len(sql); i++ {
		switch sql[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return append(out, sql[from:i])
			}
		case ',':
			if depth == 1 {
				out, from = append(out, sql[from:i]), i+1
			}
		}
	}
	return out
}

const table1 = "-- +goose Up\nCREATE TABLE a_x (id TEXT PRIMARY KEY);\n"

var migrationGuards = []guard{
	{
		name:  "migrations",
		check: checkMigrations,
		catches: []sample{
			{"NNNNN_name.sql", map[string]string{"people/a/migrations/1_x.sql": table1}},
			{"NNNNN_name.sql", map[string]string{"people/a/migrations/00001_x.mysql.sql": table1}},
			{"begins with", map[string]string{"people/a/migrations/00001_x.sql": "CREATE TABLE a_x (id TEXT PRIMARY KEY);\n"}},
			{"forward only", map[string]string{"people/a/migrations/00001_x.sql": table1 + "-- +goose Down\nDROP TABLE a_x;\n"}},
			{"its name must begin with a_", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE x (id TEXT PRIMARY KEY);\n"}},
			{"its name must begin with a_", map[string]string{"people/a/migrations/00001_x.sql": table1 + "CREATE UNIQUE INDEX x ON a_x (id);\n"}},
			{"its name must begin with a_", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nALTER TABLE b_x ADD COLUMN y TEXT;\n"}},
			{"its name must begin with a_", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nCREATE VIRTUAL TABLE words USING fts5(a);\n"}},
			{"its name must begin with a_", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nUPDATE b_x SET y = 1;\n"}},
			{"leaves the room", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE a_x (id TEXT PRIMARY KEY, b TEXT NOT NULL REFERENCES b_x (id));\n"}},
			{"has no 00001_x.postgres.sql", map[string]string{"people/a/migrations/00001_x.sqlite.sql": table1}},
			{"has no 00001_x.sqlite.sql", map[string]string{"people/a/migrations/00001_x.postgres.sql": table1}},
			{"both a text for every engine and", map[string]string{"people/a/migrations/00001_x.sql": table1, "people/a/migrations/00001_x.sqlite.sql": table1, "people/a/migrations/00001_x.postgres.sql": table1}},
			{"two steps have the number", map[string]string{"people/a/migrations/00001_x.sql": table1, "people/a/migrations/00001_y.sql": table1}},
			{"a step is missing", map[string]string{"people/a/migrations/00001_x.sql": table1, "people/a/migrations/00003_y.sql": table1}},
			{"sequences", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE a_x (id BIGSERIAL PRIMARY KEY);\n"}},
			{"sequences", map[string]string{"people/a/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE a_x (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"}},
			{"only people/*", map[string]string{"voice/a/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE a_x (by_member_id TEXT PRIMARY KEY);\n"}},
			{"only people/*", map[string]string{"platform/a/migrations/00001_x.sql": "-- +goose Up\nCREATE TABLE a_x (member_id TEXT PRIMARY KEY);\n"}},
		},
		passes: []sample{{"", map[string]string{
			"people/a/migrations/00001_x.sql":          "-- +goose Up\nCREATE TABLE a_x (\n\tid TEXT PRIMARY KEY,\n\tby_member_id TEXT NOT NULL REFERENCES a_y (id)\n);\nCREATE INDEX a_x_by ON a_x (by_member_id);\nINSERT INTO a_x (id) VALUES ('begin');\n",
			"people/a/migrations/00002_y.sqlite.sql":   "-- +goose Up\nCREATE TABLE a_y (id TEXT PRIMARY KEY);\n",
			"people/a/migrations/00002_y.postgres.sql": "-- +goose Up\nCREATE TABLE a_y (id TEXT PRIMARY KEY);\n",
		}}},
	},
}

var (
	stepName   = regexp.MustCompile(`^(\d{5})_[a-z0-9_-]+?(\.sqlite|\.postgres)?\.sql$`)
	made       = regexp.MustCompile(`\b(?:CREATE (?:VIRTUAL )?TABLE|CREATE (?:UNIQUE )?INDEX|ALTER TABLE|DROP TABLE|DROP INDEX|INSERT INTO|UPDATE|DELETE FROM|CREATE VIEW|CREATE TRIGGER)(?: IF (?:NOT )?EXISTS)? ([a-z_][a-z0-9_]*)`)
	on         = regexp.MustCompile(`\bCREATE (?:UNIQUE )?INDEX \S+ ON ([a-z_][a-z0-9_]*)`)
	references = regexp.MustCompile(`(?i)\bREFERENCES ([a-z_][a-z0-9_]*)`)
	memberID   = regexp.MustCompile(`\b(?:[a-z0-9_]*_)?member_id\b`)
)

func checkMigrations(h *house) (r report) {
	byRoom := map[string][]step{}
	for _, s := range steps(h) {
		byRoom[s.dir] = append(byRoom[s.dir], s)
		base := path.Base(s.path)
		m := stepName.FindStringSubmatch(base)
		if m == nil {
			r.add(s.path, 1, "a migration is called NNNNN_name.sql, or is a pair NNNNN_name.sqlite.sql and NNNNN_name.postgres.sql; there is no third form")
			continue
		}
		if !strings.HasPrefix(s.text, "-- +goose Up\n") {
			r.add(s.path, 1, "a migration begins with the line -- +goose Up")
		}
		if strings.Contains(s.text, "+goose Down") {
			r.add(s.path, 1, "migrations go forward only: what is wrong is put right by the next step")
		}
		stem := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(base, ".sql"), ".sqlite"), ".postgres")
		other := map[string]string{".sqlite": ".postgres", ".postgres": ".sqlite"}[m[2]]
		if other != "" && !slices.Contains(h.paths, s.dir+"/"+stem+other+".sql") {
			r.add(s.path, 1, "has no %s%s.sql: a step that differs is written for each engine", stem, other)
		}
		if other != "" && slices.Contains(h.paths, s.dir+"/"+stem+".sql") {
			r.add(s.path, 1, "there is both a text for every engine and one for each: keep one of the two forms")
		}
		checkStep(&r, s)
	}
	for dir, all := range byRoom {
		numbers := map[string]string{}
		for _, s := range all {
			base := path.Base(s.path)
			stem, _, _ := strings.Cut(base, ".")
			if len(base) < 5 {
				continue
			}
			if was, ok := numbers[base[:5]]; ok && was != stem {
				r.add(s.path, 1, "two steps have the number %s: give this one the next", base[:5])
			}
			numbers[base[:5]] = stem
		}
		for i := range len(numbers) {
			if n := "0000" + string(rune('1'+i)); i < 9 && numbers[n] == "" {
				r.add(dir, 1, "a step is missing: there is none with the number %s", n)
			}
		}
	}
	return r
}

func checkStep(r *report, s step) {
	sql := bare(s.text)
	for _, re := range []*regexp.Regexp{made, on} {
		for _, m := range re.FindAllStringSubmatch(sql, -1) {
			if !strings.HasPrefix(m[1], s.room+"_") {
				r.add(s.path, 1, "%s is not the room's: its name must begin with %s_", m[1], s.room)
			}
		}
	}
	for _, m := range references.FindAllStringSubmatch(sql, -1) {
		if !strings.HasPrefix(m[1], s.room+"_") {
			r.add(s.path, 1, "a foreign key to %s leaves the room: keep the id alone, and ask the other room for the rest", m[1])
		}
	}
	if s.wing != "people" {
		for _, c := range memberID.FindAllString(sql, -1) {
			r.add(s.path, 1, "%s: only people/* knows accounts; keep a …_persona_id", c)
		}
	}
	for _, b := range banned {
		if m := b.what.FindString(sql); m != "" {
			r.add(s.path, 1, "%s: %s", m, b.instead)
		}
	}
}
