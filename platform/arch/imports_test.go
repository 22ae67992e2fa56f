package arch

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// leaves import nothing of ours.
var leaves = []string{"fault", "id", "i18n", "conf"}

var importGuards = []guard{
	{
		name:  "imports",
		check: checkImports,
		catches: []sample{
			{"a room never imports another", map[string]string{"people/a/a.go": "package a\nimport _ \"withus.example/people/b\"\n", "people/b/b.go": "package b\n"}},
			{"a room never imports another", map[string]string{"people/a/a_test.go": "package a\nimport _ \"withus.example/voice/b\"\n"}},
			{"never the roof", map[string]string{"people/a/a.go": "package a\nimport _ \"withus.example/app\"\n"}},
			{"knows no room", map[string]string{"platform/db/db.go": "package db\nimport _ \"withus.example/people/b\"\n"}},
			{"knows no room", map[string]string{"platform/db/db.go": "package db\nimport _ \"withus.example/app\"\n"}},
			{"is a leaf", map[string]string{"platform/fault/f.go": "package fault\nimport _ \"withus.example/platform/id\"\n"}},
			{"kit is on top", map[string]string{"platform/web/w.go": "package web\nimport _ \"withus.example/platform/kit\"\n"}},
			{"the command goes through app", map[string]string{"cmd/withus/main.go": "package main\nimport _ \"withus.example/people/b\"\n"}},
			{"the front door", map[string]string{"tests/a_test.go": "package tests\nimport _ \"withus.example/people/b\"\n"}},
			{"no adapters", map[string]string{"app/a.go": "package app\nimport _ \"withus.example/people/b/inside\"\n"}},
			{"is for tests", map[string]string{"people/a/a.go": "package a\nimport _ \"withus.example/platform/db/dbtest\"\n"}},
			{"no wing of the house", map[string]string{"things/a/a.go": "package a\n"}},
			{"above a room", map[string]string{"internal/a/a.go": "package a\n"}},
		},
		passes: []sample{{"", map[string]string{
			"people/a/a.go":      "package a\nimport (\n_ \"fmt\"\n_ \"withus.example/platform/db\"\n_ \"withus.example/people/a/internal/deep\"\n)\n",
			"people/a/a_test.go": "package a\nimport _ \"withus.example/platform/db/dbtest\"\n",
			"app/a.go":           "package app\nimport _ \"withus.example/people/a\"\n",
			"cmd/withus/main.go": "package main\nimport _ \"withus.example/app\"\n",
			"tests/a_test.go":    "package tests\nimport _ \"withus.example/app\"\n",
			"platform/kit/k.go":  "package kit\nimport _ \"withus.example/platform/web\"\n",
		}}},
	},
	{
		name:  "packages that are kept in one place",
		check: checkKeptApart,
		catches: []sample{
			{"only platform/db speaks database/sql", map[string]string{"people/a/a.go": "package a\nimport \"database/sql\"\nvar _ sql.DB\n"}},
			{"only platform/db speaks database/sql", map[string]string{"platform/search/a.go": "package search\nimport _ \"database/sql\"\n"}},
			{"only platform/db speaks database/sql", map[string]string{"people/a/a.go": "package a\nimport _ \"github.com/jackc/pgx/v5\"\n"}},
			{"html/template", map[string]string{"platform/ui/a.go": "package ui\nimport _ \"html/template\"\n"}},
			{"through platform/egress", map[string]string{"people/a/a.go": "package a\nimport \"net/http\"\nfunc f() { http.Get(\"x\") }\n"}},
			{"through platform/egress", map[string]string{"people/a/a.go": "package a\nimport web \"net/http\"\nvar c web.Client\n"}},
			{"through platform/egress", map[string]string{"app/a.go": "package app\nimport \"net/http\"\nvar c = http.DefaultTransport\n"}},
			{"through platform/egress", map[string]string{"app/a.go": "package app\nimport . \"net/http\"\nvar c Client\n"}},
		},
		passes: []sample{{"", map[string]string{
			"platform/egress/e.go":        "package egress\nimport \"net/http\"\nvar c http.Client\n",
			"platform/db/d.go":            "package db\nimport _ \"database/sql\"\n",
			"platform/db/dbtest/d.go":     "package dbtest\nimport _ \"database/sql\"\n",
			"people/a/a.go":               "package a\nimport \"net/http\"\nvar _ http.Handler = http.NotFoundHandler()\n",
			"people/a/a_test.go":          "package a\nimport \"net/http\"\nvar c http.Client\n",
			"tests/bench/main.go":         "package main\nimport \"net/http\"\nvar c http.Client\n",
			"platform/web/webtest/web.go": "package webtest\nimport \"net/http\"\nvar _ = http.MethodGet\n",
		}}},
	},
	{
		name:  "platform packages that are shared",
		check: checkShared,
		catches: []sample{
			{"Alone since", map[string]string{"platform/x/x.go": "// Package x does.\npackage x\n", "people/a/a.go": "package a\nimport _ \"withus.example/platform/x\"\n"}},
			{"Alone since", map[string]string{"platform/x/x.go": "// Package x does.\n//\n// Alone since ever: because.\npackage x\n"}},
			{"Alone since", map[string]string{"platform/x/x.go": "// Package x does.\npackage x\n", "app/a.go": "package app\nimport _ \"withus.example/platform/x\"\n", "cmd/w/m.go": "package main\nimport _ \"withus.example/platform/x\"\n"}},
			{"Alone since", map[string]string{"platform/x/x.go": "// Package x does.\npackage x\n", "app/a.go": "package app\nimport _ \"withus.example/platform/x\"\n", "people/a/a_test.go": "package a\nimport _ \"withus.example/platform/x\"\n"}},
			{"no longer alone", map[string]string{"platform/x/x.go": "// Package x does.\n//\n// Alone since 2026-01-02: it began here.\npackage x\n",
				"people/a/a.go": "package a\nimport _ \"withus.example/platform/x\"\n", "people/b/b.go": "package b\nimport _ \"withus.example/platform/x\"\n"}},
		},
		passes: []sample{{"", map[string]string{
			"platform/x/x.go": "// Package x does.\npackage x\n", "platform/y/y.go": "// Package y does.\n//\n// Alone since 2026-01-02: it began here.\npackage y\n",
			"people/a/a.go": "package a\nimport _ \"withus.example/platform/x\"\n", "app/a.go": "package app\nimport _ \"withus.example/platform/x\"\n",
		}}},
	},
}

// checkImports holds the table of who may import whom.
func checkImports(h *house) (r report) {
	h.each(func(s *source) {
		kind, name := part(s.dir)
		switch {
		case slices.Contains(strings.Split(path.Dir(s.dir)+"/"+path.Base(s.dir), "/"), "internal") && kind != "room":
			r.at(h, s, s.ast.Package, "internal stands above a room: use it inside a room only, so that the house stays readable from the street")
		case !slices.Contains([]string{"cmd", "app", "room", "platform", "tests"}, kind):
			r.at(h, s, s.ast.Package, "%q is no wing of the house: a capability is a room in one of %s; what all rooms need is a package of platform", s.dir, strings.Join(wings, ", "))
			return
		}
		for p, spec := range imports(s) {
			to, ours := strings.CutPrefix(p, h.module+"/")
			if !ours {
				continue
			}
			toKind, toName := part(to)
			say := func(format string, args ...any) { r.at(h, s, spec.Pos(), "imports "+to+": "+format, args...) }
			if toKind == "platform" && strings.HasSuffix(to, "test") && !s.test {
				say("this is for tests: take what you need into the package it helps to test")
			}
			switch kind {
			case "cmd":
				if toKind != "app" && toKind != "platform" {
					say("the command goes through app: let app have a function for it that takes plain values")
				}
			case "app":
				if toKind != "room" && toKind != "platform" && to != s.dir && !strings.HasPrefix(to, "app/") {
					say("app imports rooms and platform")
				}
				if toKind == "room" && strings.Count(to, "/") > 1 {
					say("app knows the room itself, no adapters of it and nothing inside: let its constructor do it")
				}
			case "room":
				switch {
				case toKind == "room" && toName != name:
					say("a room never imports another: declare an interface of one to three methods where you ask, and let app pass the other room in; or tell a fact, or show a card")
				case toKind != "room" && toKind != "platform":
					say("a room stands on platform, never the roof: let app pass in what it needs")
				}
			case "platform":
				switch {
				case toKind != "platform":
					say("platform knows no room and no roof: let the room hand it over in kit.Module")
				case slices.Contains(leaves, name) && toName != name && !s.test:
					say("%s is a leaf: it imports nothing of ours; move what needs more one floor up", name)
				case toName == "kit" && name != "kit":
					say("kit is on top of platform: move the type down to where both can see it")
				}
			case "tests":
				if toKind != "app" && toKind != "platform" && toKind != "tests" {
					say("tests go in through the front door: pages, the API, app and platform")
				}
			}
		}
	})
	return r
}

// clientNames are what makes a request of net/http.
var clientNames = []string{"Get", "Head", "Post", "PostForm", "Client", "Transport", "DefaultClient", "DefaultTransport", "NewFileTransport"}

var engines = []string{"database/sql", "github.com/jackc/pgx/", "modernc.org/sqlite", "github.com/pressly/goose/"}

// checkKeptApart sees to it that there is one database door and one HTTP
// client, and one way to make HTML.
func checkKeptApart(h *house) (r report) {
	h.each(func(s *source) {
		for p, spec := range imports(s) {
			inDB := s.dir == "platform/db" || strings.HasPrefix(s.dir, "platform/db/")
			if slices.ContainsFunc(engines, func(e string) bool { return p == e || strings.HasPrefix(p+"/", e) }) && !inDB {
				r.at(h, s, spec.Pos(), "imports %s: only platform/db speaks database/sql and to the engines; use db.All, db.One and db.Write", p)
			}
			if p == "html/template" {
				r.at(h, s, spec.Pos(), "imports html/template: pages are written with templ, which checks them when it is compiled")
			}
		}
		if s.test || s.dir == "platform/egress" {
			return
		}
		spec := imports(s)["net/http"]
		if spec == nil {
			return
		}
		const instead = "requests go out through platform/egress alone, which checks every address where it is dialled"
		name := "http"
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." {
			r.at(h, s, spec.Pos(), "imports net/http without its name, so that nobody sees a client: %s", instead)
			return
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && slices.Contains(clientNames, sel.Sel.Name) {
					r.at(h, s, n.Pos(), "http.%s: %s", sel.Sel.Name, instead)
				}
			}
			return true
		})
	})
	return r
}

var aloneLine = regexp.MustCompile(`(?m)^Alone since \d{4}-\d\d-\d\d: \S`)

// checkShared sees to it that platform holds what several rooms need, and
// nothing that one room could keep to itself.
func checkShared(h *house) (r report) {
	users := map[string]map[string]bool{}
	h.each(func(s *source) {
		kind, name := part(s.dir)
		if s.test || kind != "room" && kind != "app" && kind != "cmd" {
			return
		}
		if kind == "cmd" {
			name = "app" // the roof is one
		}
		for p := range imports(s) {
			if to, ours := strings.CutPrefix(p, h.module+"/"); ours {
				if k, n := part(to); k == "platform" {
					if users[n] == nil {
						users[n] = map[string]bool{}
					}
					users[n][name] = true
				}
			}
		}
	})
	for _, dir := range h.dirs() {
		kind, name := part(dir)
		if kind != "platform" || dir != "platform/"+name {
			continue
		}
		p := h.pkgs[dir]
		alone := false
		for _, s := range p.files {
			alone = alone || s.ast.Doc != nil && aloneLine.MatchString(s.ast.Doc.Text())
		}
		switch n := len(users[name]); {
		case n < 2 && !alone:
			r.add(p.files[0].path, 1, "%d of the rooms and the roof import %s: move it into the one that does, or end its package comment with a line \"Alone since YYYY-MM-DD: reason\"", n, dir)
		case n >= 2 && alone:
			r.add(p.files[0].path, 1, "%s is no longer alone (%d import it): take the line \"Alone since …\" out of its package comment", dir, n)
		}
	}
	return r
}
