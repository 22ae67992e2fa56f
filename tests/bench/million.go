package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"withus.example/platform/db"
)

// large measures lists, places and maps of a network of many groups against the
// same of the usual one: how much more a page costs where there is so much more.
func large(ctx context.Context, data string, args func(data string, cache int) []string) error {
	big := data + "-" + strconv.Itoa(*many)
	if err := multiply(ctx, data, big, *many); err != nil {
		return err
	}
	usual, err := start(ctx, args(data, 0))
	if err != nil {
		return err
	}
	defer usual.stop()
	begun := time.Now()
	larger, err := start(ctx, args(big, 0))
	if err != nil {
		return err
	}
	defer larger.stop()
	fmt.Printf("%d groups: first answer after %.1f s", *many, time.Since(begun).Seconds())
	begun = time.Now()
	if _, _, err := fetch(larger.url+"/groups", ""); err != nil {
		return err
	}
	fmt.Printf(", first list %.1f s later\n", time.Since(begun).Seconds())
	fmt.Printf("%-28s %11s %11s %12s  %s\n", "", fmt.Sprintf("%d, µs", *groups), fmt.Sprintf("%d, µs", *many), "CPU ratio", "budget")
	for _, m := range largeMeasures() {
		if !strings.Contains(m.name, *only) {
			continue
		}
		if err := beside(usual, larger, m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	fmt.Printf("memory after load: %d MiB resident with %d groups, %d with %d\n", larger.resident()>>20, *many, usual.resident()>>20, *groups)
	return nil
}

// beside measures one page on two servers in turn.
func beside(usual, larger *process, m measure) error {
	each := time.Duration(*seconds * float64(time.Second))
	var a, b, ratios []float64
	for i := range *rounds + 1 {
		one, _, err := load(usual, m, each)
		if err != nil {
			return err
		}
		two, _, err := load(larger, m, each)
		if err != nil {
			return err
		}
		if i > 0 { // the first round is unmeasured
			a, b, ratios = append(a, one), append(b, two), append(ratios, two/one)
		}
	}
	says := fmt.Sprintf("at most %g times", m.budget)
	if median(ratios) > m.budget {
		says += "  OVER"
	}
	fmt.Printf("%-28s %11.1f %11.1f %11.2fx  %s\n", m.name, median(a), median(b), median(ratios), says)
	return nil
}

// largeMeasures are pages with what people narrow them by, by chance.
func largeMeasures() []measure {
	narrow := func(path string, with url.Values) string {
		for name, values := range map[string][]string{
			"support": {"emotional", "practical", "material", "cultural", "financial"}, "language": {"en", "es", "fr", "ar", "sw", "pt"},
			"country": {"GB", "US", "MX", "FR", "EG", "KE"}, "form": {"collective", "charity", "association"}, "open": {"yes"}, "online": {"yes"},
		} {
			if rand.IntN(4) == 0 {
				with.Set(name, values[rand.IntN(len(values))])
			}
		}
		return path + "?" + with.Encode()
	}
	towns := []string{"Leicester", "Badalona", "Ibadan", "leicestr", "Santiago, Chile", "Lyon", "Puebla", "Cairo", "Nairobi", "Glasgow", "Chicago", "Marseille", "Oaxaca", "Kumasi", "Leeds"}
	near := func() url.Values {
		return url.Values{"near": {towns[rand.IntN(len(towns))]}, "within": {[]string{"25", "100", "250"}[rand.IntN(3)]}}
	}
	fixed := func(p string) func() string { return func() string { return p } }
	of := func(all ...string) func() string { return func() string { return all[rand.IntN(len(all))] } }
	countries := of("/group-map/gb", "/group-map/us", "/group-map/fr", "/group-map/mx", "/group-map/eg")
	const budget = 3
	return []measure{
		{name: "list", path: fixed("/groups"), budget: budget},
		{name: "list with any filters", path: func() string { return narrow("/groups", url.Values{}) }, budget: budget},
		{name: "list by date", path: of("/groups?sort=new", "/groups?sort=checked"), budget: budget},
		{name: "near a place", path: func() string { return "/groups?" + near().Encode() }, budget: budget},
		{name: "near a place, with filters", path: func() string { return narrow("/groups", near()) }, budget: budget},
		{name: "near, a whole country", path: of("/groups?near=Chile", "/groups?near=France", "/groups?near=United+States"), budget: budget},
		{name: "map of the world", path: fixed("/group-map"), budget: budget},
		{name: "map of a country", path: countries, budget: budget},
		{name: "map with any filters", path: func() string { return narrow("/group-map", url.Values{}) }, budget: budget},
		{name: "home", path: fixed("/"), budget: budget},
	}
}

// multiply makes a network of many groups out of the usual one, by copying its
// groups again and again, each copy a little farther away: making them one by
// one would take an hour. The copies' words are not in the index of words, so
// words find the usual ones.
func multiply(ctx context.Context, from, to string, many int) error {
	if _, err := os.Stat(to); err == nil {
		return nil // made by an earlier run
	}
	making := to + "-making"
	if err := errors.Join(os.RemoveAll(making), os.MkdirAll(making, 0o700)); err != nil {
		return err
	}
	begun := time.Now()
	for _, file := range []string{filepath.Base(db.File(from)), "demo.json"} {
		b, err := os.ReadFile(filepath.Join(from, file))
		if err == nil {
			err = os.WriteFile(filepath.Join(making, file), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	if err := os.CopyFS(filepath.Join(making, "media"), os.DirFS(filepath.Join(from, "media"))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	d, err := db.Open(ctx, "", making)
	if err != nil {
		return err
	}
	if err := errors.Join(copies(ctx, d, many), d.Close()); err != nil {
		return err
	}
	fmt.Printf("network of %d groups made of the usual one in %.0f s\n", many, time.Since(begun).Seconds())
	return os.Rename(making, to)
}

// copies copies groups, and what lists and maps know of them.
func copies(ctx context.Context, d *db.DB, many int) error {
	columns, err := db.All(ctx, d, db.Text, `SELECT name FROM pragma_table_info('group_group')`)
	if err != nil {
		return err
	}
	changed := map[string]string{"id": "printf('%08x', $1) || substr(id, 9)", "slug": "slug || '-' || $1", "name": "name || ' ' || $1", "likened": "TRUE"}
	var values []string
	for _, c := range columns {
		v, ok := changed[c]
		if !ok {
			v = c
		}
		values = append(values, v)
	}
	groups := `INSERT INTO group_group (` + strings.Join(columns, ", ") + `) SELECT ` + strings.Join(values, ", ") + ` FROM group_group WHERE rowid <= $2`
	const docs = `INSERT INTO search_doc (room, thing, kind, scope, sort, size, terms, place, dates)
		SELECT room, printf('%08x', $1) || substr(thing, 9), kind, scope, sort || ' ' || $1, size, terms,
			CASE WHEN place LIKE '% % %' THEN substr(place, 1, 2) || printf(' %.2f %.2f', max(-89, min(89, substr(place, 4) + $3)),
				max(-179, min(179, substr(place, 4 + instr(substr(place, 4), ' ')) + $4))) ELSE place END, dates
		FROM search_doc WHERE n <= $2 AND kind = 'group'`
	var n, lastGroup, lastDoc int
	if err := d.QueryRow(ctx, `SELECT count(*), max(rowid), (SELECT max(n) FROM search_doc) FROM group_group`).Scan(&n, &lastGroup, &lastDoc); err != nil {
		return err
	}
	for k := 1; k < many/n; k++ {
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, groups, k, lastGroup); err != nil {
				return err
			}
			// Up to two degrees away: other towns of about the same country.
			_, err := tx.Exec(ctx, docs, k, lastDoc, float64(k*37%400-200)/100, float64(k*61%400-200)/100)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
