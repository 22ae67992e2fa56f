package i18n

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country is the name of a country by its ISO 3166-1 code, "" if it is none.
func (l *Lang) Country(code string) string {
	key := "country " + code
	if n, ok := l.named.Load(key); ok {
		return n.(string)
	}
	n := country(l, code)
	if n != "" { // there are few, and anything else has no name
		l.named.Store(key, n)
	}
	return n
}

func country(l *Lang, code string) string {
	r, err := language.ParseRegion(code)
	if err != nil || !r.IsCountry() || len(code) != 2 || r.String() != code {
		return ""
	}
	return l.regions.Name(r)
}

// Continent is the name of a part of the world by its UN M.49 number, "" if it
// is none.
func (l *Lang) Continent(number string) string {
	r, err := language.ParseRegion(number)
	if err != nil || r.IsCountry() || len(number) != 3 {
		return ""
	}
	return l.regions.Name(r)
}

// Language is the name of a language by its BCP 47 code, the code itself where
// CLDR has no name for it, "" if it is none.
func (l *Lang) Language(code string) string {
	if n, ok := l.named.Load(code); ok {
		return n.(string)
	}
	n := l.language(code)
	if n != "" && len(code) <= 3 { // all there can be of those is little; longer ones may be anything
		l.named.Store(code, n)
	}
	return n
}

// house are the names that x/text's CLDR lacks, sign languages above all, or
// gives to two languages at once.
const house = "i18n.language."

func (l *Lang) language(code string) string {
	if n := l.T(house + code); n != house+code {
		return n
	}
	t, err := language.Parse(code)
	if err != nil {
		return ""
	}
	if n := l.languages.Name(t); n != "" {
		return n
	}
	return code
}

// Canonical is the tidy form of a BCP 47 language code, "" if it is none: of a
// language, with a script or a country where that tells it apart.
func Canonical(code string) string {
	t, err := language.Parse(code)
	if err != nil || t == language.Und || len(code) > 20 || len(t.Extensions()) > 0 {
		return ""
	}
	return t.String()
}

// Find is the language somebody means by a name, in any language of the house
// or its own, or by a code; "" if none.
func (c *Catalog) Find(name string) string {
	c.once.Do(func() {
		c.byName = map[string]string{}
		// Languages of one name come in the order of their codes; the first
		// that has a dictionary of its own wins.
		tags := display.Supported.Tags()
		for _, b := range display.Values.BaseLanguages() {
			if t, err := language.Compose(b); err == nil {
				tags = append(tags, t)
			}
		}
		for _, t := range tags {
			if _, _, region := t.Raw(); region.String() != "ZZ" {
				continue
			}
			for _, l := range c.Langs {
				c.learn(l.languages.Name(t), t)
			}
			c.learn(display.Self.Name(t), t)
		}
		for _, l := range c.Langs {
			for _, key := range l.Keys() {
				if code, ok := strings.CutPrefix(key, house); ok {
					c.byName[fold(l.T(key))] = code
				}
			}
		}
		delete(c.byName, "")
	})
	if code := c.byName[fold(name)]; code != "" {
		return code
	}
	if len(name) <= 3 || strings.Contains(name, "-") {
		return Canonical(strings.TrimSpace(name))
	}
	return ""
}

// learn remembers a language's name, unless another language has it already.
func (c *Catalog) learn(name string, t language.Tag) {
	if name = fold(name); c.byName[name] == "" {
		c.byName[name] = t.String()
	}
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// noCountries are regions that CLDR names and nobody is from: the eurozone, the
// United Nations.
var noCountries = []string{"EZ", "UN"}

// Countries are the ISO 3166-1 codes of today's countries and territories.
var Countries = func() (out []string) {
	english := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			r, err := language.ParseRegion(code)
			if err == nil && r.IsCountry() && r.String() == code && r.Canonicalize() == r && english.Name(r) != "" && !slices.Contains(noCountries, code) {
				out = append(out, code)
			}
		}
	}
	return out
}()
