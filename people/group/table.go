package group

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The columns of a table of groups, for export and import alike. Lists are
// written with "; " between their items, other names with a line each.

// column is one column: how a group fills it, and how it fills a group.
type column struct {
	name string
	get  func(g *Group) string
	set  func(g *Group, s string) error
}

func words(name string, at func(*Group) *string) column {
	return column{name, func(g *Group) string { return *at(g) }, func(g *Group, s string) error { *at(g) = s; return nil }}
}

func keys(name string, at func(*Group) *[]string) column {
	return column{name, func(g *Group) string { return strings.Join(*at(g), "; ") }, func(g *Group, s string) error { *at(g) = split(s, ";"); return nil }}
}

func flag(name string, at func(*Group) *bool) column {
	return column{name, func(g *Group) string {
		if *at(g) {
			return "yes"
		}
		return "no"
	}, func(g *Group, s string) error {
		switch strings.ToLower(s) {
		case "yes", "true", "1", "y":
			*at(g) = true
		case "no", "false", "0", "n", "":
			*at(g) = false
		default:
			return fmt.Errorf("%s is %q: write yes or no", name, s)
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

// table is all columns, in their order.
var table = []column{
	words("id", func(g *Group) *string { return &g.ID }),
	words("name", func(g *Group) *string { return &g.Name }),
	{"other_names", func(g *Group) string { return strings.Join(g.OtherNames, "\n") }, func(g *Group, s string) error { g.OtherNames = split(s, "\n"); return nil }},
	words("about", func(g *Group) *string { return &g.About }),
	words("written_in", func(g *Group) *string { return &g.WrittenIn }),
	keys("for", func(g *Group) *[]string { return &g.For }),
	words("for_words", func(g *Group) *string { return &g.ForWords }),
	keys("support", func(g *Group) *[]string { return &g.Support }),
	words("support_words", func(g *Group) *string { return &g.SupportWords }),
	words("form", func(g *Group) *string { return &g.Form }),
	{"registers", getRegisters, setRegisters},
	words("place", func(g *Group) *string { return &g.Place }),
	words("area", func(g *Group) *string { return &g.Area }),
	words("country", func(g *Group) *string { return &g.Country }),
	flag("online", func(g *Group) *bool { return &g.Online }),
	flag("confidential", func(g *Group) *bool { return &g.Confidential }),
	keys("languages", func(g *Group) *[]string { return &g.Languages }),
	words("access", func(g *Group) *string { return &g.Access }),
	flag("open", func(g *Group) *bool { return &g.Open }),
	words("welcome", func(g *Group) *string { return &g.Welcome }),
	words("email", func(g *Group) *string { return &g.Email }),
	words("phone", func(g *Group) *string { return &g.Phone }),
	words("website", func(g *Group) *string { return &g.Website }),
	words("reach", func(g *Group) *string { return &g.Reach }),
	{"since", getSince, setSince},
	{"audience", func(g *Group) string { return string(g.Audience) }, func(g *Group, s string) error {
		if g.Audience = Audience(s); s != "" && !slices.Contains(audiences, s) {
			return fmt.Errorf("audience is %q: write everyone, members or unlisted", s)
		}
		return nil
	}},
}

func getRegisters(g *Group) string {
	var out []string
	for _, r := range g.Registers {
		out = append(out, r.String())
	}
	return strings.Join(out, "; ")
}

func setRegisters(g *Group, s string) error {
	g.Registers = []Register{}
	for _, r := range split(s, ";") {
		scheme, id, ok := strings.Cut(r, " ")
		if !ok {
			// org-id.guide writes them as one word: GB-CHC-1103535.
			if i := strings.LastIndexByte(r, '-'); i > 0 {
				scheme, id, ok = r[:i], r[i+1:], true
			}
		}
		if !ok {
			return fmt.Errorf("registers has %q: write the register and the number, GB-CHC 1103535", r)
		}
		g.Registers = append(g.Registers, Register{scheme, strings.TrimSpace(id)})
	}
	return nil
}

func getSince(g *Group) string {
	if g.Since == 0 {
		return ""
	}
	return strconv.Itoa(g.Since)
}

// setSince takes a year, or the year of a date such as 2004-04-30.
func setSince(g *Group, s string) (err error) {
	if g.Since = 0; s == "" {
		return nil
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		s = s[:4]
	}
	if g.Since, err = strconv.Atoi(s); err != nil {
		return fmt.Errorf("since is %q: write a year, 2004", s)
	}
	return nil
}

// safe keeps a cell from being run as a formula by a spreadsheet; plain takes
// the mark off again.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

func plain(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(s[1])) {
		return s[1:]
	}
	return s
}
