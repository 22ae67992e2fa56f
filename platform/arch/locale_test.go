package arch

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// platformKeys begin the locale keys of the platform, which knows no room.
var platformKeys = []string{"ui", "error", "i18n", "mail", "media", "list"}

// builtAtRunTime are the beginnings of keys that are put together when they
// are needed, and what their ends come from.
var builtAtRunTime = map[string]string{
	"error.":               "only \".title\" and \".text\" are added to it: each kind of fault stands in the code as \"error.kind\"",
	"arrival.is.":          "what a column may be: columns.go",
	"arrival.kind.":        "member and supporter",
	"arrival.list.":        "what becomes of a list: arrival.go",
	"arrival.means.":       "the marks: columns.go",
	"arrival.row.":         "what comes of rows: command.go",
	"arrival.state.":       "how somebody stands: arrival.go",
	"group.field.":         "a field of the form of a group, and \"-hint\": questions.go",
	"group.audience.":      "the audiences, and \"-hint\": group.go",
	"group.filter.":        "the facets of the list: find.go",
	"group.for.":           "the terms every network starts with: vocabulary.go",
	"group.form.":          "the forms a group can have: group.go",
	"group.import.column.": "the columns of a list: table.go",
	"group.import.part.":   "the kinds of remark: import_account.go",
	"group.import.state.":  "what becomes of a list: import_upload.go",
	"group.kind.":          "the kinds of terms: vocabulary.go",
	"group.means.":         "the terms every network starts with: vocabulary.go",
	"group.users.":         "the terms every network starts with: vocabulary.go",
	"group.life.":          "the lives, and \"-hint\": life.go",
	"group.sort.":          "the orders of the list: find.go",
	"group.state.":         "the lives: life.go",
	"group.wish.":          "how far a wish is: lifepages.go",
	"group.support.":       "the kinds of support, and \"-hint\": group.go",
	"i18n.language.":       "the codes of languages: names.go",
	"signin.lost.did.":     "what happens with a wish: lost.go",
	"signin.lost.do.":      "what the team says to it, and \"-hint\": lost.go",
	"signin.lost.state.":   "how far it is: lost.go",
	"helpnow.answer.":      "the answers: helpnow.go",
	"helpnow.bill.":        "the answers: helpnow.go",
	"helpnow.do.":          "the kinds of line: helpnow.go",
	"helpnow.field.":       "a field of the form of a line, and \"-hint\": form.go",
	"helpnow.free.":        "the answers: helpnow.go",
	"helpnow.kind.":        "the kinds of line: helpnow.go",
	"helpnow.sends.":       "the answers: helpnow.go",
	"helpnow.state.":       "the states: helpnow.go",
	"helpnow.traces.":      "the answers: helpnow.go",
	"i18n.month.":          "the number of the month",
	"equal.o.":             "the choices, each after its question: equal.go",
	"equal.q.":             "the questions: equal.go",
	"consent.way.":         "the ways: consent.go",
	"consent.held.way.":    "the ways: consent.go",
	"invite.as.":           "the roles one is invited to: invite.go",
	"invite.opens.":        "the same",
	"invite.state.":        "the states: invite.go",
	"member.invited.":      "whose invitation it was: invited.go",
	"member.easy.step.":    "the same",
	"member.easy.":         "the parts of the easy words, \".lines\", and the pages of the way in: paper.go",
	"member.paper.":        "what follows: paper.templ",
	"member.asks.":         "the kinds: kind.go",
	"member.away.":         "what one comes back from, and \".text\": access.go",
	"member.counted.":      "the answers, and \".text\": join.go",
	"member.does.":         "what people may say they do: join.go",
	"member.field.":        "the fields of a kind: kind.go",
	"member.field.sees.":   "yes and no: desk.templ",
	"member.field.votes.":  "yes and no: desk.templ",
	"member.kind.":         "the kinds, and \".text\": kind.go",
	"member.met.":          "the ways: kind.go",
	"member.numbers.kind.": "the kinds: kind.go",
	"member.numbers.long.": "how long, and others: numbers.go",
	"member.role.":         "the roles: access.Roles",
	"member.role-wish.":    "the roles: access.Roles",
	"member.roll.now.":     "what keeps somebody out: access.go",
	"member.roll.of.":      "the roles, and all of them: access.Roles",
	"member.answer-was.":   "what an application was answered: application.go",
	"member.state.":        "what becomes of an application: application.go",
	"member.standing.":     "what keeps somebody out: access.go",
	"member.way.":          "the ways: kind.go",
	"ui.knot.":             "the shapes: thread.templ",
	"i18n.as.":             "who says something: kit/said.go",
	"ui.parts.tag.":        "the kinds of tag, on the page of parts",
	"claim.answer.":        "whether a group that is asked has answered: own.templ; what it said: person.go",
	"claim.do.":            "the verbs, and \"-hint\": decide.go",
	"claim.event.":         "what happens to a claim: the notes in service.go, prove.go and decide.go",
	"claim.mail.":          "the kinds of letters to people here: mail.go",
	"claim.part.":          "the parts: claim.go",
	"claim.part-is.":       "the parts: claim.go",
	"claim.state.":         "the states: claim.go",
	"claim.team.":          "the states: claim.go",
	"claim.way.":           "the ways: claim.go",
	"finding.ground.":      "the grounds, and \"-hint\": finding.go",
	"finding.state.":       "the states: finding.go",
	"network.field.":       "a setting, and \"-hint\": form.go",
	"network.founder.":     "a question about somebody of the team, and \"-hint\": first.templ",
	"network.security.":    "the ways to keep mail from other eyes: network.go",
	"link.choice.":         "the ways: link.go",
	"link.held.did.":       "what happened: service.go",
	"link.held.said.":      "the states of an introduction: intro.go",
	"link.intro.seen.":     "what those who asked are shown: intro.go",
	"link.intro.state.":    "the states: intro.go",
	"link.kind.":           "the kinds: link.go",
	"link.past.":           "what happened: service.go",
	"link.says.":           "the ways: link.go",
	"link.way.":            "the ways: link.go",
	"group.pair.why.":      "why two groups may be one: likeness.go",
	"group.pair.by.":       "who says that they are two: likeness_store.go",
	"group.pair.say.":      "what can be said of a pair: mergepages.go",
	"group.pair.say-of.":   "the same, with their names: mergepages.go",
	"group.compare.page.":  "the first and the second page: mergepages.go",
	"group.merge.from.":    "the sides: merge.go",
	"page.field.":          "what changed in a page or in the menus, and the fields of their forms: history.go",
	"page.state.":          "the states of a page in a language: page.go",
}

// covers says whether a key may be built from a beginning.
func covers(prefix, key string) bool {
	return prefix != "error." && strings.HasPrefix(key, prefix)
}

const english = `{"a.title": "A", "a.done": "Done"}`

func words(en, code string) map[string]string {
	return map[string]string{"people/a/locale/en.json": en, "people/a/a.go": "package a\n" + code}
}

var localeGuards = []guard{
	{
		name:  "whose words are whose",
		check: checkKeyNames,
		catches: []sample{
			{"begins with one of ui., error., i18n., mail., media., list.", map[string]string{"platform/ui/locale/en.json": `{"group.title": "Groups"}`}},
			{"begins with one of a.", map[string]string{"people/a/locale/en.json": `{"ui.title": "A"}`}},
			{"begins with one of a.", map[string]string{"people/a/locale/en.json": `{"b.title": "A"}`}},
			{"begins with one of app.", map[string]string{"app/locale/en.json": `{"a.title": "A"}`}},
			{"begins with one of a.", map[string]string{"people/a/locale/fr.json": `{"title": "A"}`}},
			{"can't be read", map[string]string{"people/a/locale/en.json": `{"a.title": `}},
			{"stands in no en.json", map[string]string{"people/a/locale/en.json": `{}`, "people/a/locale/fr.json": `{"a.title": "A"}`}},
		},
		passes: []sample{{"", map[string]string{"people/a/locale/en.json": english, "people/a/locale/fr.json": english, "platform/ui/locale/en.json": `{"ui.x": "", "error.x": "", "mail.x": ""}`}}},
	},
	{
		name:  "texts that are there",
		check: checkKeysExist,
		catches: []sample{
			{"no en.json has \"a.nothing\"", words(english, `var _ = p.T("a.nothing")`)},
			{"no en.json has \"a.nothing\"", words(english, `var _ = fault.New(fault.Denied, "a.nothing")`)},
			{"no en.json has \"a.nothing\"", words(english, `var _ = fault.Wrong("name", "a.nothing")`)},
			{"no en.json has \"a.nothing\"", words(english, `func f() { p.Add("name", "a.nothing", "n", 3) }`)},
			{"no en.json has \"a.nothing\"", words(english, `var _ = ui.Link{Path: "/a", Key: "a.nothing"}`)},
			{"no en.json has \"a.nothing\"", words(english, `var _ = ui.Link{"/a", "a.nothing"}`)},
			{"no en.json has \"a.nothing.done\"", words(english, `var _ = web.Next{To: "/a", Done: "a.nothing.done"}`)},
			{"ends with .done", words(english, `var _ = web.Next{To: "/a", Done: "a.title"}`)},
			{"no en.json has \"ui.nothing\"", words(english, `func f() { p.T("ui.nothing") }`)},
			{"no beginning", words(english, `var _ = p.T("a.kind." + kind)`)},
		},
		passes: []sample{
			{"", words(english, `var _ = p.T("a.title")`)},
			{"", words(english, `var _ = web.Next{To: "/a", Done: "a.done"}`)},
			{"", words(english, `var _ = access.Permission{Name: "a.edit"}`)},
			{"", words(english, `var _ = kit.Retention{Key: "a.title", By: "a.tidy"}`)},
			{"", words(`{"a.gone.title": "", "a.gone.text": ""}`, `var _ = fault.New(fault.Denied, "a.gone")`)},
			{"", words(english, `const job = "a.mail"`)},
			{"", words(english, `var _ = ui.Link{Path: "/a.json", Key: "a.title"}; var _ = open("b.json")`)},
		},
	},
	{
		name:  "texts that are used",
		check: checkKeysUsed,
		catches: []sample{
			{"nothing says \"a.done\"", words(english, `var _ = p.T("a.title")`)},
			{"nothing says \"a.title\"", map[string]string{"people/a/locale/en.json": `{"a.title": ""}`, "people/a/a_test.go": "package a\nvar _ = p.T(\"a.title\")\n"}},
		},
		passes: []sample{
			{"", words(english, `var x, y = p.T("a.title"), "a.done"`)},
			{"", words(`{"a.gone.title": "", "a.gone.text": ""}`, `var _ = map[int]answer{1: {404, "a.gone"}}`)},
			{"", map[string]string{"people/group/locale/en.json": `{"group.form.charity": ""}`, "people/group/a.go": "package group\nvar _ = p.T(\"group.form.\" + f)\n"}},
		},
	},
	{
		name:  "beginnings of texts that are still built",
		check: checkPrefixes,
		catches: []sample{
			{"\"group.form.\" is no longer built", map[string]string{"people/group/locale/en.json": `{"group.title": ""}`, "people/group/a.go": "package group\n"}},
		},
		passes: []sample{{"", map[string]string{"people/a/a.go": "package a\n"}}},
	},
}

// texts are the keys of a locale file.
func texts(h *house, p string) (map[string]json.RawMessage, error) {
	var out map[string]json.RawMessage
	err := json.Unmarshal([]byte(h.text(p)), &out)
	return out, err
}

// locales are the files with texts, by the folder of their package.
func locales(h *house) (out []string) {
	for _, p := range h.paths {
		if path.Ext(p) == ".json" && path.Base(path.Dir(p)) == "locale" {
			out = append(out, p)
		}
	}
	return out
}

// keys are all keys that have an English text, and where.
func keys(h *house) map[string]string {
	out := map[string]string{}
	for _, p := range locales(h) {
		if path.Base(p) == "en.json" {
			in, _ := texts(h, p) // what can't be read is told by checkKeyNames
			for k := range in {
				out[k] = p
			}
		}
	}
	return out
}

func checkKeyNames(h *house) (r report) {
	known := keys(h)
	for _, p := range locales(h) {
		in, err := texts(h, p)
		if err != nil {
			r.add(p, 1, "can't be read: %v", err)
		}
		kind, name := part(path.Dir(path.Dir(p)))
		may := []string{name}
		if kind == "platform" {
			may = platformKeys
		}
		for k := range in {
			first, _, dotted := strings.Cut(k, ".")
			if !dotted || !slices.Contains(may, first) {
				r.add(p, 1, "%q: a key here begins with one of %s; a room's texts stand in the room", k, strings.Join(may, "., ")+".")
			}
			if known[k] == "" {
				r.add(p, 1, "%q stands in no en.json: take it out, or write the English text first", k)
			}
		}
	}
	return r
}

// literal is a text in the Go code that may be a locale key. The code templ
// makes is among it, and so are the keys in .templ files.
type literal struct {
	src  *source
	pos  token.Pos
	text string
	said bool // handed to something that says it: an argument, or a field that is no name
	done bool // the field Done of what follows a form
}

// names are fields whose dotted words are no keys.
var fieldNames = []string{"Name", "Kind", "ID", "Tag", "By"}

var keyLike = regexp.MustCompile(`^[a-z0-9]+\.[A-Za-z0-9.%-]*$`)

func literals(h *house) (out []literal) {
	h.each(func(s *source) {
		if s.test {
			return
		}
		said, done := map[ast.Expr]bool{}, map[ast.Expr]bool{}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr:
				for _, a := range n.Args {
					said[a] = true
				}
			case *ast.CompositeLit:
				for _, e := range n.Elts {
					said[e] = true
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); !ok || !slices.Contains(fieldNames, k.Name) {
					said[n.Value] = true
					done[n.Value] = ok && k.Name == "Done"
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && keyLike.MatchString(text) {
					text, _, _ = strings.Cut(text, "%") // "i18n.month.%d" is a beginning
					out = append(out, literal{s, n.Pos(), text, said[n], done[n]})
				}
			}
			return true
		})
	})
	return out
}

// exists says whether a key has a text. A fault may be told as a page, by the
// texts of its title and its sentence.
func exists(known map[string]string, key string) bool {
	return known[key] != "" || known[key+".title"] != "" && known[key+".text"] != ""
}

// spaces of keys are the words keys begin with.
func namespaces(known map[string]string) (out []string) {
	out = slices.Clone(platformKeys)
	for k := range known {
		if first, _, _ := strings.Cut(k, "."); !slices.Contains(out, first) {
			out = append(out, first)
		}
	}
	return out
}

func checkKeysExist(h *house) (r report) {
	known := keys(h)
	spaces := namespaces(known)
	for _, l := range literals(h) {
		first, _, _ := strings.Cut(l.text, ".")
		if !slices.Contains(spaces, first) {
			continue
		}
		if strings.HasSuffix(l.text, ".") {
			if builtAtRunTime[l.text] == "" && !slices.Contains(spaces, strings.TrimSuffix(l.text, ".")) {
				r.at(h, l.src, l.pos, "%q is no beginning of keys that the guards know: list it in platform/arch/locale_test.go with what its ends come from, or say the keys in full", l.text)
			}
			continue
		}
		switch {
		case l.said && !exists(known, l.text):
			r.at(h, l.src, l.pos, "no en.json has %q: write it into the locale of the room, in every language", l.text)
		case l.done && !strings.HasSuffix(l.text, ".done"):
			r.at(h, l.src, l.pos, "%q: what is said after a form ends with .done, since the cookie that carries it may say nothing else", l.text)
		}
	}
	return r
}

func checkKeysUsed(h *house) (r report) {
	used := map[string]bool{}
	for _, l := range literals(h) {
		used[l.text] = true
	}
	known := keys(h)
next:
	for k, p := range known {
		for prefix := range builtAtRunTime {
			if used[prefix] && covers(prefix, k) {
				continue next
			}
		}
		for _, end := range []string{"", ".title", ".text"} {
			if base, ok := strings.CutSuffix(k, end); ok && used[base] {
				continue next
			}
		}
		r.add(p, 1, "nothing says %q: take it out of every language, or list how it is built in platform/arch/locale_test.go", k)
	}
	return r
}

func checkPrefixes(h *house) (r report) {
	used := map[string]bool{}
	for _, l := range literals(h) {
		used[l.text] = true
	}
	spaces := namespaces(keys(h))
	for prefix := range builtAtRunTime {
		first, _, _ := strings.Cut(prefix, ".")
		if slices.Contains(spaces, first) && !slices.Contains(platformKeys, first) && !used[prefix] {
			r.add("platform/arch/locale_test.go", 1, "%q is no longer built at run time: take it off the list", prefix)
		}
	}
	return r
}
