package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// statement is SQL as it stands in a Go file: a whole statement, or a piece of
// one. Constants it is put together from are written out.
type statement struct {
	src   *source
	pos   token.Pos
	text  string
	whole bool
	loose bool     // some of it is only known when it runs
	ways  []string // what it may be then, where that stands in the package
}

var (
	begins = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE|MERGE|TRUNCATE|CREATE|ALTER|DROP|LISTEN|UNLISTEN|NOTIFY|PRAGMA|VACUUM|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK|SET)(\s|$)`)
	piece  = regexp.MustCompile(`^\s*\)?\s*(AND|OR|WHERE|FROM|JOIN|LEFT JOIN|INNER JOIN|ORDER BY|GROUP BY|HAVING|LIMIT|OFFSET|SET|VALUES|RETURNING|ON CONFLICT|UNION|FOR UPDATE)\s`)
	hushed = regexp.MustCompile(`(?is)^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|create\s+table\s)`)
)

// sqlOf are the statements and pieces in the Go files that run, and the
// queries of theirs that can't be read.
func sqlOf(h *house) (out []statement, unreadable report) {
	for _, dir := range h.dirs() {
		p := h.pkgs[dir]
		known := constants(p)
		for _, s := range p.files {
			if s.test || s.generated {
				continue
			}
			ast.Inspect(s.ast, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec, *ast.Field:
					_, isTag := n.(*ast.Field)
					return isTag // a tag is a literal of its own, and none of ours
				case *ast.BinaryExpr, *ast.BasicLit:
					text, loose, is := eval(n.(ast.Expr), known)
					if !is {
						return true
					}
					whole := begins.MatchString(text)
					if whole || piece.MatchString(text) {
						out = append(out, statement{s, n.Pos(), text, whole, loose, ways(n.(ast.Expr), known, p)})
					} else if hushed.MatchString(text) {
						unreadable.at(h, s, n.Pos(), "SQL in small letters: write its words in capitals, so that the guards can read it")
					}
					return false
				case *ast.CallExpr:
					if q := queryOf(n); q != nil && dir != "platform/db" && !readable(q, known, p, s.ast, n.Pos()) {
						unreadable.at(h, s, q.Pos(), "a query the guards can't read: put it together from string literals and constants where it is run")
					}
				}
				return true
			})
		}
	}
	return out, unreadable
}

// constants are the texts a package gives a name, at its top.
func constants(p *pkg) map[string]ast.Expr {
	out := map[string]ast.Expr{}
	for _, s := range p.files {
		for _, d := range s.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST && g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						out[name.Name] = v.Values[i]
					}
				}
			}
		}
	}
	return out
}

// unknown stands in a text for what is only known when it runs.
const unknown = "…"

// eval writes a text out. is says whether it is one at all.
func eval(x ast.Expr, known map[string]ast.Expr) (text string, loose, is bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			s, err := strconv.Unquote(x.Value)
			return s, false, err == nil
		}
	case *ast.ParenExpr:
		return eval(x.X, known)
	case *ast.Ident:
		if v := known[x.Name]; v != nil {
			if text, loose, is = eval(v, nil); is {
				return text, loose, true
			}
		}
	case *ast.CallExpr:
		// What differs between the engines here is settled inside db.
		if f, ok := x.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "SkipLocked" || f.Sel.Name == "ForUpdate") {
			return "", false, false
		}
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return "", false, false
		}
		a, la, isA := eval(x.X, known)
		b, lb, isB := eval(x.Y, known)
		return a + b, la || lb, isA || isB
	}
	return unknown, true, false
}

// queryOf is the query a call runs, nil if it runs none.
func queryOf(c *ast.CallExpr) ast.Expr {
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		if ix, generic := c.Fun.(*ast.IndexExpr); generic {
			f, ok = ix.X.(*ast.SelectorExpr)
		}
		if !ok {
			return nil
		}
	}
	x, _ := f.X.(*ast.Ident)
	switch name := f.Sel.Name; {
	case x != nil && x.Name == "db" && (name == "All" || name == "One") && len(c.Args) >= 4:
		return c.Args[3]
	case (name == "Exec" || name == "Query" || name == "QueryRow") && len(c.Args) >= 2 && isContext(c.Args[0]):
		return c.Args[1]
	}
	return nil
}

func isContext(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "ctx"
	case *ast.CallExpr:
		f, ok := x.Fun.(*ast.SelectorExpr)
		return ok && (f.Sel.Name == "Context" || f.Sel.Name == "WithoutCancel" || f.Sel.Name == "Background")
	}
	return false
}

// readable says whether a query is made of literals and constants, or of
// variables that the function around it gives nothing else.
func readable(q ast.Expr, known map[string]ast.Expr, p *pkg, f *ast.File, at token.Pos) bool {
	switch q := q.(type) {
	case *ast.BasicLit:
		return q.Kind == token.STRING
	case *ast.ParenExpr:
		return readable(q.X, known, p, f, at)
	case *ast.BinaryExpr:
		return q.Op == token.ADD && readable(q.X, known, p, f, at) && readable(q.Y, known, p, f, at)
	case *ast.CallExpr:
		_, loose, _ := eval(q, known)
		return !loose || says(q, p)
	case *ast.Ident:
		if v := known[q.Name]; v != nil {
			_, loose, is := eval(v, nil)
			return is && !loose
		}
		given := givenTo(q.Name, f, at)
		return len(given) > 0 && !slices.ContainsFunc(given, func(x ast.Expr) bool {
			if id, ok := x.(*ast.Ident); ok && id.Name == q.Name {
				return true
			}
			return !readable(x, known, p, f, at)
		})
	}
	return false
}

// says tells whether a call is to a function of the package that gives nothing
// but texts that stand in it: the word of one engine, or the other's.
func says(c *ast.CallExpr, p *pkg) bool { return len(said(c, p)) > 0 }

// said are the texts such a function gives; nil where it gives anything else.
func said(c *ast.CallExpr, p *pkg) (out []string) {
	name := ""
	switch f := c.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	known, only := constants(p), true
	for _, s := range p.files {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != name || f.Body == nil {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok {
					for _, x := range r.Results {
						text, loose, is := eval(x, known)
						only = only && is && !loose
						out = append(out, text)
					}
				}
				return true
			})
		}
	}
	if !only {
		return nil
	}
	return out
}

// ways are all that a text can be; nil where that can't be known.
func ways(x ast.Expr, known map[string]ast.Expr, p *pkg) (out []string) {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return ways(x.X, known, p)
	case *ast.BinaryExpr:
		for _, a := range ways(x.X, known, p) {
			for _, b := range ways(x.Y, known, p) {
				out = append(out, a+b)
			}
		}
		return out
	case *ast.CallExpr:
		if text, loose, _ := eval(x, known); !loose {
			return []string{text}
		}
		return said(x, p)
	}
	if text, loose, is := eval(x, known); is && !loose {
		return []string{text}
	}
	return nil
}

// givenTo is what the function around a place gives a variable of it.
func givenTo(name string, f *ast.File, at token.Pos) (out []ast.Expr) {
	for _, d := range f.Decls {
		if d.Pos() > at || d.End() < at {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			a, ok := n.(*ast.AssignStmt)
			if !ok || len(a.Lhs) != len(a.Rhs) {
				return true
			}
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == name {
					out = append(out, a.Rhs[i])
				}
			}
			return true
		})
	}
	return out
}

var (
	comments = regexp.MustCompile(`--[^\n]*`)
	strs     = regexp.MustCompile(`'(?:[^']|'')*'`)
	spaces   = regexp.MustCompile(`\s+`)
)

// bare is SQL without its comments and the texts in it.
func bare(sql string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(strs.ReplaceAllString(comments.ReplaceAllString(sql, " "), "''"), " "))
}

var (
	named  = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE|EXISTS|REFERENCES)\s+((?:[a-z_][a-z0-9_]*)(?:\s+(?:AS\s+)?[a-z][a-z0-9_]*)?(?:\s*,\s*[a-z_][a-z0-9_]*(?:\s+(?:AS\s+)?[a-z][a-z0-9_]*)?)*)`)
	with   = regexp.MustCompile(`(?:\bWITH|\bRECURSIVE|,)\s+([a-z_][a-z0-9_]*)\s*(?:\([^)]*\)\s*)?AS\s*\(`)
	first  = regexp.MustCompile(`^[a-z_][a-z0-9_]*`)
	token1 = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
)

// tablesIn are the tables a statement names; known adds those that stand in
// other places of it, such as an index or a column's qualifier.
func tablesIn(sql string, known map[string]*table) (out []string) {
	sql = bare(sql)
	own := map[string]bool{}
	for _, m := range with.FindAllStringSubmatch(sql, -1) {
		own[m[1]] = true
	}
	add := func(name string) {
		if !own[name] && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, m := range named.FindAllStringSubmatch(sql, -1) {
		for part := range strings.SplitSeq(m[1], ",") {
			add(first.FindString(strings.TrimSpace(part)))
		}
	}
	for _, w := range token1.FindAllString(sql, -1) {
		if known[w] != nil {
			add(w)
		}
	}
	return out
}
