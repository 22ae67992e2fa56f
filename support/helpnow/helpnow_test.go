package helpnow

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"withus.example/platform/fault"
	"withus.example/platform/i18n"
)

// line is one with nothing wrong.
func line(change func(d *Details)) Details {
	d := Details{Country: "GB", Name: "Night Owls", Kind: call, Number: "116 123", Free: Yes, Bill: No, Traces: Unknown, Sends: Unknown}
	if change != nil {
		change(&d)
	}
	return d
}

func TestHref(t *testing.T) {
	for _, c := range []struct{ kind, number, want string }{
		{call, "116 123", "tel:116123"},
		{call, "15", "tel:15"},
		{call, "+44 1632 960 001", "tel:+441632960001"},
		{call, "+44 (0)1632 960-001", "tel:+441632960001"},
		{call, "(01632) 960.001", "tel:01632960001"},
		{call, "0800/111 0 111", "tel:08001110111"},
		{call, "٠٨٠٠ ١٢٣", "tel:0800123"},
		{call, "0800 12", "tel:080012"}, // a space that does not break
		{text, "85258", "sms:85258"},
		{chat, "https://chat.example.org/x?y=1", "https://chat.example.org/x?y=1"},
		// Doubtful: shown, and nothing to press.
		{call, "112/113", ""},
		{call, "116 123 or 116 111", ""},
		{call, "116 123, 116 111", ""},
		{call, "1-800-273-TALK", ""},
		{call, "0800 123 ext 5", ""},
		{call, "*123#", ""},
		{call, "+44+44", ""},
		{call, "1", ""},
		{call, "1234567890123456", ""},
		{call, "https://chat.example.org", ""},
		{text, "javascript:1234", ""},
		{chat, "http://chat.example.org", ""},
		{chat, "javascript:alert(12)", ""},
		{chat, "//chat.example.org", ""},
		{chat, "116 123", ""},
		{"fax", "116 123", ""},
	} {
		if got := Href(c.kind, c.number); got != c.want {
			t.Errorf("Href(%q, %q) = %q, want %q", c.kind, c.number, got, c.want)
		}
	}
}

var leads = regexp.MustCompile(`^((tel|sms):\+?[0-9]{2,15}|https://.+)?$`)

func FuzzHref(f *testing.F) {
	for _, s := range []string{"116 123", "+44 (0)1632 960 001", "0800/111", "*123#", "https://chat.example.org", "٠٨٠٠", "javascript:12", "\x00\xff12", "+", "(0)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range kinds {
			href := Href(kind, s)
			if !leads.MatchString(href) || (kind == chat) != strings.HasPrefix(href, "https://") && href != "" {
				t.Errorf("Href(%q, %q) = %q", kind, s, href)
			}
			if href == "" {
				continue
			}
			if _, err := url.Parse(href); err != nil {
				t.Errorf("Href(%q, %q) = %q: %v", kind, s, href, err)
			}
			if kind == chat {
				continue
			}
			// What is dialled is what is written: each digit, in its order, but
			// for one zero in brackets.
			var written strings.Builder
			for _, r := range s {
				if d := i18n.Digit(r); d >= 0 {
					written.WriteByte(byte('0' + d))
				}
			}
			dialled := strings.TrimPrefix(href[4:], "+")
			if w := written.String(); w != dialled && len(w) != len(dialled)+1 {
				t.Errorf("%q is dialled as %q", s, dialled)
			}
			if again := Href(kind, href[4:]); again != href {
				t.Errorf("%q leads to %q, and that to %q", s, href, again)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	good := line(func(d *Details) { d.Languages = []string{"EN", "en", "cy"}; d.Number = "  116\u00a0123 " })
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(good.Languages) != 2 || good.Languages[0] != "en" || good.Number != "116 123" {
		t.Errorf("%+v", good)
	}
	for what, c := range map[string]struct {
		change     func(d *Details)
		field, key string
	}{
		"no country":       {func(d *Details) { d.Country = "" }, "country", "error.choice"},
		"no such country":  {func(d *Details) { d.Country = "ZZ" }, "country", "error.choice"},
		"small letters":    {func(d *Details) { d.Country = "gb" }, "country", "error.choice"},
		"no name":          {func(d *Details) { d.Name = " " }, "name", "error.missing"},
		"a long name":      {func(d *Details) { d.Name = strings.Repeat("x", 121) }, "name", "error.long"},
		"no kind":          {func(d *Details) { d.Kind = "fax" }, "kind", "error.choice"},
		"no number":        {func(d *Details) { d.Number = "" }, "number", "error.missing"},
		"words":            {func(d *Details) { d.Number = "call us" }, "number", "helpnow.no-number"},
		"one digit":        {func(d *Details) { d.Number = "7" }, "number", "helpnow.no-number"},
		"a long number":    {func(d *Details) { d.Number = strings.Repeat("1", 61) }, "number", "error.long"},
		"a chat's number":  {func(d *Details) { d.Kind = chat }, "number", "error.url"},
		"a script":         {func(d *Details) { d.Kind, d.Number = chat, "javascript:alert(1)" }, "number", "error.url"},
		"an open chat":     {func(d *Details) { d.Kind, d.Number = chat, "http://chat.example.org" }, "number", "helpnow.no-https"},
		"no such language": {func(d *Details) { d.Languages = []string{"english!"} }, "languages", "helpnow.no-language"},
		"no answer":        {func(d *Details) { d.Sends = "" }, "sends", "error.choice"},
		"perhaps":          {func(d *Details) { d.Traces = "perhaps" }, "traces", "error.choice"},
	} {
		d := line(c.change)
		f := fault.Of(d.Validate())
		if f == nil || len(f.Problems) != 1 || f.Problems[0].Field != c.field || f.Problems[0].Key != c.key {
			t.Errorf("%s: %v", what, f)
		}
	}
}

func TestOverdue(t *testing.T) {
	now := time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		days  int
		state State
		want  bool
	}{{89, Shown, false}, {90, Shown, false}, {91, Shown, true}, {91, Failed, false}, {91, Waiting, false}} {
		l := Line{State: c.state, Tried: now.AddDate(0, 0, -c.days)}
		if l.Overdue(now) != c.want {
			t.Errorf("%s, tried %d days ago: overdue is %v", c.state, c.days, !c.want)
		}
	}
}

func TestSections(t *testing.T) {
	at := func(name, region, kind string) *Line {
		return &Line{Details: Details{Name: name, Region: region, Kind: kind}}
	}
	ls := []*Line{at("B", "West", call), at("É", "", text), at("A", "West", chat), at("D", "", call), at("C", "أ", call)}
	sortLines(ls)
	say := func(xs []section) (out string) {
		for _, x := range xs {
			out += "[" + x.Region
			for _, l := range x.Lines {
				out += " " + l.Name
			}
			out += "]"
		}
		return out
	}
	if got := say(sections(ls, "")); got != "[ D É][West A B][أ C]" {
		t.Error(got)
	}
	if got := say(sections(ls, call)); got != "[ D][West B][أ C]" {
		t.Error(got)
	}
	if got := kindsOf(ls); len(got) != 3 || kindsOf(ls[:1]) != nil {
		t.Error(got)
	}
}
