// Package i18n puts the house's sentences into the reader's language.
//
// Each room keeps its sentences in a folder locale, one JSON object a language:
// "group.title": "Groups", or by plural form "group.found": {"one": "{n} group",
// "other": "{n} groups"}. {name} stands for an argument; "n" chooses the form.
package i18n

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Ground holds what every language needs before any room speaks: the names of
// months, how a date is written.
//
//go:embed locale
var Ground embed.FS

// Lang is one language, ready to speak.
type Lang struct {
	Code string // BCP 47, as in lang="…"
	Dir  string // "ltr" or "rtl"
	Name string // its own name for itself

	tag       language.Tag
	texts     map[string]text
	back      *Lang // where a text is missing; nil for the first language
	printer   *message.Printer
	regions   display.Namer
	languages display.Namer
	named     sync.Map // names of languages and countries by code, each looked up once
}

// text is a message by plural form; "other" always exists.
type text map[string][]piece

// piece is literal text, or the name of an argument.
type piece struct{ literal, arg string }

// Catalog is every language of the house; where a text is missing, the first
// one's stands in. Which of them a network speaks is chosen, and may change
// while it runs: see [Catalog.Choose].
type Catalog struct {
	Langs []*Lang // all there are, spoken or not

	now    atomic.Pointer[spoken]
	once   sync.Once
	byName map[string]string
}

// spoken are the languages a network speaks for now. What suits the wishes
// browsers state is remembered: there are few of them.
type spoken struct {
	langs   []*Lang
	matcher language.Matcher
	matched sync.Map // Accept-Language → *Lang
	n       atomic.Int64
}

// Load makes a catalogue: see [Catalog.Load].
func Load(codes []string, systems ...fs.FS) (*Catalog, error) {
	c := &Catalog{}
	return c, c.Load(codes, systems...)
}

// Load reads the languages named from the folder locale of each file system.
// A key that two of them hold is an error. Whoever was given the empty
// catalogue before speaks them from then on.
func (c *Catalog) Load(codes []string, systems ...fs.FS) error {
	for _, code := range codes {
		tag, err := language.Parse(code)
		if err != nil {
			return fmt.Errorf("i18n: %q is no language: %w", code, err)
		}
		l := &Lang{Code: code, Dir: "ltr", Name: display.Self.Name(tag), tag: tag, texts: map[string]text{},
			regions: display.Regions(tag), languages: display.Languages(tag),
			// Western digits everywhere: beside telephone numbers and years, two
			// kinds of digits on one page are harder to read than either.
			printer: message.NewPrinter(language.Make(code + "-u-nu-latn"))}
		if script, _ := tag.Script(); slices.Contains([]string{"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"}, script.String()) {
			l.Dir = "rtl"
		}
		if len(c.Langs) > 0 {
			l.back = c.Langs[0]
		}
		for _, s := range systems {
			if err := l.read(s); err != nil {
				return err
			}
		}
		c.Langs = append(c.Langs, l)
	}
	if len(c.Langs) == 0 {
		return errors.New("i18n: no language")
	}
	c.Choose(codes...)
	return nil
}

// Choose says which languages are spoken from now on; the first of them where
// nothing better is known. A code that is not among Langs is left aside, and
// without any the choice stays as it was.
func (c *Catalog) Choose(codes ...string) {
	s := &spoken{}
	var tags []language.Tag
	for _, code := range codes {
		for _, l := range c.Langs {
			if l.Code == code && !slices.Contains(s.langs, l) {
				s.langs = append(s.langs, l)
				tags = append(tags, l.tag)
			}
		}
	}
	if len(s.langs) > 0 {
		s.matcher = language.NewMatcher(tags)
		c.now.Store(s)
	}
}

// Spoken are the languages the network speaks.
func (c *Catalog) Spoken() []*Lang { return c.now.Load().langs }

// First is what is spoken where nothing better is known.
func (c *Catalog) First() *Lang { return c.now.Load().langs[0] }

func (l *Lang) read(s fs.FS) error {
	b, err := fs.ReadFile(s, path.Join("locale", l.Code+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // that room falls back; a test demands the four that ship
	}
	if err != nil {
		return err
	}
	var in map[string]json.RawMessage
	if err := Unmarshal(b, &in); err != nil {
		return fmt.Errorf("i18n: locale/%s.json: %w", l.Code, err)
	}
	base, _ := l.tag.Base()
	for key, raw := range in {
		if base.String() == "fr" {
			raw = []byte(unbroken.Replace(string(raw)))
		}
		if _, twice := l.texts[key]; twice {
			return fmt.Errorf("i18n: %s: two texts for %q", l.Code, key)
		}
		t, err := parse(raw)
		if err != nil {
			return fmt.Errorf("i18n: %s: %s: %w", l.Code, key, err)
		}
		l.texts[key] = t
	}
	return nil
}

// unbroken keeps together what French sets apart by a space, so that no line
// begins with a colon. The files have plain spaces: the others look like them,
// and whoever types a text would forget one.
var unbroken = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " !", "\u00a0!", " ?", "\u00a0?", "« ", "«\u00a0", " »", "\u00a0»")

func parse(raw json.RawMessage) (text, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return text{"other": cut(one)}, nil
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return nil, errors.New("neither a text nor an object of plural forms")
	}
	t := text{}
	for form, s := range forms {
		if !slices.Contains(formNames[:], form) {
			return nil, fmt.Errorf("%q is no plural form", form)
		}
		t[form] = cut(s)
	}
	if t["other"] == nil {
		return nil, errors.New(`the form "other" is missing`)
	}
	return t, nil
}

func cut(s string) []piece {
	out := []piece{}
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			return append(out, piece{literal: s})
		}
		shut := strings.IndexByte(s[open:], '}')
		if shut < 0 {
			return append(out, piece{literal: s})
		}
		if open > 0 {
			out = append(out, piece{literal: s[:open]})
		}
		out = append(out, piece{arg: s[open+1 : open+shut]})
		s = s[open+shut+1:]
	}
	return out
}

// formNames are CLDR's plural forms in the order of plural.Form.
var formNames = [...]string{"other", "zero", "one", "two", "few", "many"}

func (l *Lang) form(n int) string {
	if n < 0 {
		n = -n
	}
	return formNames[plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)]
}

// Forms are the plural forms the language tells apart for whole numbers.
func (l *Lang) Forms() []string {
	set := map[string]bool{"other": true}
	for n := range 201 {
		set[l.form(n)] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// T is the text of a key. args are pairs of a name and a value; the value of
// "n", an int, chooses the plural form. A key nobody wrote comes back as it is:
// tests see to it that there is none.
func (l *Lang) T(key string, args ...any) string {
	t := l.texts[key]
	for from := l; t == nil && from.back != nil; {
		from = from.back
		t = from.texts[key]
	}
	if t == nil {
		return key
	}
	pieces := t["other"]
	if len(t) > 1 {
		if n, ok := arg(args, "n").(int); ok {
			// "No groups" reads better than "0 groups", in any language that
			// has words for it.
			if p := t["zero"]; n == 0 && p != nil {
				pieces = p
			} else if p := t[l.form(n)]; p != nil {
				pieces = p
			}
		}
	}
	if len(pieces) == 1 && pieces[0].arg == "" {
		return pieces[0].literal
	}
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.literal)
		if p.arg != "" {
			b.WriteString(l.value(arg(args, p.arg)))
		}
	}
	return b.String()
}

func arg(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

func (l *Lang) value(v any) string {
	switch v := v.(type) {
	case int:
		return l.Number(v)
	case time.Time:
		return l.Date(v)
	case string:
		return l.Isolate(v)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// Isolate keeps a value written in the other direction from turning the
// sentence around it: U+2068 … U+2069 stand for <bdi> in plain text.
func (l *Lang) Isolate(s string) string {
	for _, r := range s {
		rtl := r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfeff
		latin := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0xc0 && r < 0x590
		if rtl && l.Dir == "ltr" || latin && l.Dir == "rtl" {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

// Has says whether the language itself has a text for the key.
func (l *Lang) Has(key string) bool { return l.texts[key] != nil }

// Keys are the keys the language has texts for, in order.
func (l *Lang) Keys() []string { return slices.Sorted(maps.Keys(l.texts)) }

// Missing lists, for a key, the arguments and plural forms that this text of
// it lacks beside the first language's. It is for tests and translators.
func (l *Lang) Missing(key string) (out []string) {
	t := l.texts[key]
	if t == nil {
		return []string{"the whole text"}
	}
	model := t
	if l.back != nil && l.back.texts[key] != nil {
		model = l.back.texts[key]
	}
	if len(model) > 1 || len(t) > 1 {
		for _, f := range l.Forms() {
			if t[f] == nil {
				out = append(out, "the form "+f)
			}
		}
	}
	has := map[string]bool{}
	for _, p := range t["other"] {
		has[p.arg] = true
	}
	for _, p := range model["other"] {
		if !has[p.arg] {
			out = append(out, "{"+p.arg+"}")
		}
	}
	return out
}

// Number writes a whole number.
func (l *Lang) Number(n int) string {
	if n >= 0 && n < 1000 {
		return strconv.Itoa(n)
	}
	return l.printer.Sprint(number.Decimal(n))
}

// Date writes a day, in UTC.
func (l *Lang) Date(t time.Time) string {
	t = t.UTC()
	return l.T("i18n.date", "day", fmt.Sprint(t.Day()), "month", l.T(fmt.Sprintf("i18n.month.%d", t.Month())), "year", fmt.Sprint(t.Year()))
}

// Month writes the month a day is in.
func (l *Lang) Month(t time.Time) string {
	t = t.UTC()
	return l.T("i18n.month-of", "month", l.T(fmt.Sprintf("i18n.month.%d", t.Month())), "year", fmt.Sprint(t.Year()))
}

// Rounded writes how many people there are so that nobody can be told from it:
// to the nearest 5, and not at all below 10.
func (l *Lang) Rounded(n int) string {
	if n < 10 {
		return l.T("i18n.few")
	}
	return l.Number((n + 2) / 5 * 5)
}
