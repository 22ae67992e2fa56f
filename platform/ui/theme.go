package ui

import (
	"fmt"
	"regexp"
	"strings"

	"withus.example/platform/fault"
)

// Theme is a network's two colours. The zero Theme is the house's own.
type Theme struct {
	Primary string // "#rrggbb": links, buttons, the line of the thread
	Accent  string // "#rrggbb": what matters; ink is written on it
}

// own are the two colours, the house's where the network has none.
func (t Theme) own() (primary, accent rgb, err error) {
	if t.Primary == "" {
		t.Primary = "#4f2073"
	}
	if t.Accent == "" {
		t.Accent = "#f3b53a"
	}
	if primary, err = colour(t.Primary); err != nil {
		return primary, accent, fmt.Errorf("the primary colour: %w", err)
	}
	if accent, err = colour(t.Accent); err != nil {
		return primary, accent, fmt.Errorf("the accent colour: %w", err)
	}
	return primary, accent, nil
}

// Check refuses colours that somebody could not read, and says what to choose
// instead, to whoever typed a command. A form says it by Problems.
func (t Theme) Check() error {
	primary, accent, err := t.own()
	if err != nil {
		return err
	}
	for _, b := range []struct {
		name string
		rgb
	}{{"white", white}, {"the paper colour", ground.light["paper"]}} {
		if c := contrast(primary, b.rgb); c < small {
			return fmt.Errorf("the primary colour %s is too pale to read on %s (%.1f to 1, 7 to 1 is needed): choose a darker one, for example %s",
				primary, b.name, c, primary.readable(black, 0, white, ground.light["paper"]))
		}
	}
	if ink := ground.light["ink"]; contrast(accent, ink) < small {
		return fmt.Errorf("dark writing on the accent colour %s can't be read (%.1f to 1, 7 to 1 is needed): choose a paler one, for example %s",
			accent, contrast(accent, ink), accent.readable(white, 0, ink))
	}
	return nil
}

// Problems is Check for a form with the fields primary and accent.
func (t Theme) Problems() (p fault.Problems) {
	for _, c := range []struct{ field, text string }{{"primary", t.Primary}, {"accent", t.Accent}} {
		if _, err := colour(c.text); c.text != "" && err != nil {
			p.Add(c.field, "ui.theme.no-colour")
		}
	}
	primary, accent, err := t.own()
	if err != nil {
		return p
	}
	paper, ink := ground.light["paper"], ground.light["ink"]
	if contrast(primary, white) < small || contrast(primary, paper) < small {
		p.Add("primary", "ui.theme.pale", "colour", primary.String(), "other", primary.readable(black, 0, white, paper).String())
	}
	if contrast(accent, ink) < small {
		p.Add("accent", "ui.theme.dark", "colour", accent.String(), "other", accent.readable(white, 0, ink).String())
	}
	return p
}

// Shown is the theme with the house's own colours in the place of those it
// lacks.
func (t Theme) Shown() Theme {
	primary, accent, err := t.own()
	if err != nil {
		return t
	}
	return Theme{primary.String(), accent.String()}
}

// CSS is what follows from the two colours, for light and dark screens. It is
// empty where the theme does not pass Check.
func (t Theme) CSS() string {
	if t.Check() != nil {
		return ""
	}
	light, dark := t.tokens()
	return "@layer tokens{:root{" + declare(light) + "}@media (prefers-color-scheme:dark){:root{" + declare(dark) + "}}}\n"
}

// token is a custom property and its colour.
type token struct {
	name string
	rgb
}

func declare(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		fmt.Fprintf(&b, "--%s:%s;", t.name, t.rgb)
	}
	return b.String()
}

// tokens computes what follows from the two colours. Every pair that is text on
// a background is made readable here: a test holds the whole table against
// random themes.
func (t Theme) tokens() (light, dark []token) {
	p, a, _ := t.own()
	g := ground.light
	tint, glow := p.lit(.94), a.mix(white, .78)
	light = []token{
		{"plum", p}, {"on-plum", white},
		{"plum-deep", p.readable(black, .3, tint)}, // to hover, and to write on the tint
		{"plum-tint", tint}, {"plum-line", p.lit(.83)},
		{"hero", p.until(edge, black, 0, a)}, {"on-hero", white}, {"loop", p.lit(.46)},
		{"marigold", a}, {"on-marigold", g["ink"]},
		{"marigold-tint", glow}, {"amber", a.readable(black, .5, glow)},
	}
	d := ground.dark
	tint, glow = d["card"].mix(p, .45), d["card"].mix(a, .16)
	plum := p.lit(.78).readable(white, 0, d["paper"], d["card"], g["ink"])
	hero := p.until(edge, black, .2, a)
	return light, []token{
		{"plum", plum}, {"on-plum", g["ink"]},
		{"plum-deep", plum.readable(white, .3, tint, d["card"])},
		{"plum-tint", tint}, {"plum-line", p.lit(.5)},
		{"hero", hero}, {"on-hero", white}, {"loop", p.lit(.4)},
		{"marigold", a}, {"on-marigold", g["ink"]},
		{"marigold-tint", glow}, {"amber", a.readable(white, .2, glow)},
	}
}

// palette is every colour by its token's name.
type palette map[string]rgb

// ground are the colours no theme changes. They are read from the CSS, so that
// no second list of them can say something else.
var ground = func() (g struct{ light, dark palette }) {
	b, err := front.ReadFile("front/css/tokens.css")
	if err != nil {
		panic(err) // embedded: the build is broken
	}
	light, dark, _ := strings.Cut(string(b), "(prefers-color-scheme: dark)")
	g.light, g.dark = palette{}, palette{}
	for part, text := range map[*palette]string{&g.light: light, &g.dark: dark} {
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
			(*part)[m[1]], _ = colour(m[2])
		}
	}
	return g
}()

// palettes are all the colours of a network.
func (t Theme) palettes() (light, dark palette) {
	light, dark = palette{}, palette{}
	for name, c := range ground.light {
		light[name], dark[name] = c, c
	}
	for name, c := range ground.dark {
		dark[name] = c
	}
	ours, darks := t.tokens()
	for i := range ours {
		light[ours[i].name], dark[darks[i].name] = ours[i].rgb, darks[i].rgb
	}
	return light, dark
}

// icon is the mark of the masthead as a picture for the browser's tab. It
// carries the theme's colours itself: a picture can't read our CSS.
func (t Theme) icon() string {
	p, a, _ := t.own()
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -10 60 60"><rect y="-10" width="60" height="60" rx="12" fill="#fff"/><path d="%s" fill="none" stroke="%s" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/><circle cx="30" cy="11" r="6" fill="%s"/></svg>`, mark, p, a)
}

// plainIcon is a sheet of paper: anybody's.
const plainIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><path d="M14 6h22l10 10v38H14z" fill="#fff" stroke="#666" stroke-width="4"/></svg>`

// mark is the line of the network's sign: two hands, or a W.
const mark = "M4 8c2 18 6 25 12 25 8 0 8-22 14-22s6 22 14 22c6 0 10-7 12-25"
