package ui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What the CSS puts on one another can be read, in both schemes.
func measure(t rapid.TB, theme Theme) {
	t.Helper()
	if err := theme.Check(); err != nil {
		t.Fatal(err)
	}
	light, dark := theme.palettes()
	for scheme, colours := range map[string]palette{"light": light, "dark": dark} {
		for _, x := range pairs {
			on, ok := colours[x.on]
			under, ok2 := colours[x.under]
			if !ok || !ok2 {
				t.Fatalf("%s: no colour is named %s or %s", scheme, x.on, x.under)
			}
			if got := contrast(on, under); got < x.least {
				t.Errorf("%v, %s: %s (%s) on %s (%s) is %.2f, needs %.1f", theme, scheme, x.on, on, x.under, under, got, x.least)
			}
		}
	}
}

// A form refuses what Check refuses, and offers what Check takes.
func TestProblemsAreThoseOfCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		theme := Theme{rapid.StringMatching(`#[0-9a-f]{6}|#fff|red|`).Draw(t, "primary"), rapid.StringMatching(`#[0-9a-f]{6}|`).Draw(t, "accent")}
		ps := theme.Problems()
		if (theme.Check() == nil) != (len(ps) == 0) {
			t.Fatalf("%v: %v, and %v", theme, theme.Check(), ps)
		}
		for _, p := range ps {
			for i, a := range p.Args {
				if a == "other" && p.Field == "primary" {
					theme.Primary = p.Args[i+1].(string)
				} else if a == "other" {
					theme.Accent = p.Args[i+1].(string)
				}
			}
		}
		if _, _, err := theme.own(); err == nil && theme.Check() != nil {
			t.Fatal(theme.Check())
		}
	})
}

func TestOurColoursCanBeRead(t *testing.T) { measure(t, Theme{}) }

func TestAnyThemeThatPassesCanBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		any := func(name string) rgb {
			var c rgb
			for i := range c {
				c[i] = rapid.Uint8().Draw(t, name)
			}
			return c
		}
		measure(t, Theme{
			Primary: any("primary").readable(black, 0, white, ground.light["paper"]).String(),
			Accent:  any("accent").readable(white, 0, ground.light["ink"]).String(),
		})
	})
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	if got := contrast(black, white); got != 21 {
		t.Error(got)
	}
	grey, _ := colour("#767676") // the well-known grey that just passes AA
	if got := contrast(grey, white); got < 4.54 || got > 4.55 {
		t.Error(got)
	}
}

func TestUnreadableColoursAreRefused(t *testing.T) {
	for _, x := range []struct {
		theme Theme
		says  string
	}{
		{Theme{Primary: "#8855cc"}, "choose a darker one"},
		{Theme{Accent: "#a05000"}, "choose a paler one"},
		{Theme{Primary: "plum"}, "write # and six hexadecimal digits"},
		{Theme{Primary: "#4f2073;}body{display:none"}, "is no colour"},
		{Theme{Accent: "#fff"}, "the accent colour"},
		{Theme{Accent: "ffffff0"}, "is no colour"},
		{Theme{Accent: "+fffffe"}, "is no colour"},
	} {
		err := x.theme.Check()
		if err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%v: %v", x.theme, err)
		}
		if css := x.theme.CSS(); css != "" {
			t.Errorf("%v still makes %q", x.theme, css)
		}
	}
}

// The colour an error proposes is itself taken.
func TestTheProposalPasses(t *testing.T) {
	err := Theme{Primary: "#c06cf0"}.Check().Error()
	if proposal := err[strings.LastIndex(err, "#"):]; (Theme{Primary: proposal}).Check() != nil {
		t.Errorf("%s is proposed and refused", proposal)
	}
}
