package group

import (
	"slices"
	"strconv"
	"strings"

	"withus.example/platform/list"
)

// The columns of a table of groups, for export and import alike. Lists are
// written with "; " between their items, other names with a line each.

// column is one column: how a group fills it, and how it fills a group.
type column struct {
	name string
	join string // stands between what an import puts together in one cell
	get  func(g *Group) string
	set  func(g *Group, s string) error
}

func words(name, join string, at func(*Group) *string) column {
	return column{name, join, func(g *Group) string { return *at(g) }, func(g *Group, s string) error { *at(g) = s; return nil }}
}

func keys(name string, at func(*Group) *[]string) column {
	return column{name, "; ", func(g *Group) string { return strings.Join(*at(g), "; ") }, func(g *Group, s string) error { *at(g) = split(s, ";"); return nil }}
}

func flag(name string, at func(*Group) *bool) column {
	return column{name, ", ", func(g *Group) string {
		if *at(g) {
			return "yes"
		}
		return "no"
	}, func(g *Group, s string) error {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "yes", "true", "1", "y":
			*at(g) = true
		case "no", "false", "0", "n", "":
			*at(g) = false
		default:
			return list.Say("group.import.cell.yes-no")
		}
		return nil
	}}
}

func split(s, at string) []string {
	out := []string{}
	for part := range strings.SplitSeq(s, at) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// table is all columns of the public list, in their order.
var table = []column{
	words("id", "", func(g *Group) *string { return &g.ID }),
	words("name", " ", func(g *Group) *string { return &g.Name }),
	{"other_names", "\n", func(g *Group) string { return strings.Join(g.OtherNames, "\n") }, func(g *Group, s string) error { g.OtherNames = split(s, "\n"); return nil }},
	words("about", "\n\n", func(g *Group) *string { return &g.About }),
	words("written_in", "", func(g *Group) *string { return &g.WrittenIn }),
	keys("for", func(g *Group) *[]string { return &g.For }),
	words("for_words", "\n\n", func(g *Group) *string { return &g.ForWords }),
	keys("support", func(g *Group) *[]string { return &g.Support }),
	words("support_words", "\n\n", func(g *Group) *string { return &g.SupportWords }),
	words("form", "", func(g *Group) *string { return &g.Form }),
	{"registers", "; ", getRegisters, setRegisters},
	words("place", ", ", func(g *Group) *string { return &g.Place }),
	words("area", ", ", func(g *Group) *string { return &g.Area }),
	words("country", "", func(g *Group) *string { return &g.Country }),
	flag("online", func(g *Group) *bool { return &g.Online }),
	flag("confidential", func(g *Group) *bool { return &g.Confidential }),
	keys("languages", func(g *Group) *[]string { return &g.Languages }),
	words("access", "\n\n", func(g *Group) *string { return &g.Access }),
	flag("open", func(g *Group) *bool { return &g.Open }),
	words("welcome", "\n\n", func(g *Group) *string { return &g.Welcome }),
	words("email", "", func(g *Group) *string { return &g.Email }),
	words("phone", ", ", func(g *Group) *string { return &g.Phone }),
	words("website", "", func(g *Group) *string { return &g.Website }),
	words("reach", "\n\n", func(g *Group) *string { return &g.Reach }),
	{"since", "", getSince, setSince},
	{"audience", "", func(g *Group) string { return string(g.Audience) }, setAudience},
}

// full is the table as whoever runs the network takes it along: it also says
// which groups have agreed to be seen. The public list holds no other.
var full = append(slices.Clip(table), flag("published", func(g *Group) *bool { return &g.Published }))

func getRegisters(g *Group) string {
	var out []string
	odd := false
	for _, r := range g.Registers {
		out = append(out, r.String())
		odd = odd || strings.Contains(r.ID, ";")
	}
	if odd { // a line each, ended even if it is the only one
		return strings.Join(out, "\n") + "\n"
	}
	return strings.Join(out, "; ")
}

func setRegisters(g *Group, s string) error {
	at := ";"
	if strings.Contains(s, "\n") {
		at = "\n"
	}
	var out []Register
	for _, r := range split(s, at) {
		scheme, id, ok := strings.Cut(r, " ")
		if !ok {
			// org-id.guide writes them as one word: GB-CHC-1103535.
			if i := strings.LastIndexByte(r, '-'); i > 0 {
				scheme, id, ok = r[:i], r[i+1:], true
			}
		}
		if !ok {
			return list.Say("group.import.cell.register")
		}
		out = append(out, Register{scheme, strings.TrimSpace(id)})
	}
	g.Registers = out
	return nil
}

func getSince(g *Group) string {
	if g.Since == 0 {
		return ""
	}
	return strconv.Itoa(g.Since)
}

// setSince takes a year, or the one year in a date: 2004-04-30, 30/4/2004.
func setSince(g *Group, s string) error {
	year := 0
	for _, n := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(n) != 4 {
			continue
		}
		if year != 0 {
			return list.Say("group.import.cell.one-year")
		}
		year, _ = strconv.Atoi(n)
	}
	if year == 0 && strings.TrimSpace(s) != "" {
		return list.Say("group.import.cell.year")
	}
	g.Since = year
	return nil
}

func setAudience(g *Group, s string) error {
	if s = strings.TrimSpace(s); s == "" {
		s = string(Everyone)
	}
	if !slices.Contains(audiences, s) {
		return list.Say("group.import.cell.audience")
	}
	g.Audience = Audience(s)
	return nil
}
