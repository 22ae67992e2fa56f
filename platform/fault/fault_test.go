package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

func TestOf(t *testing.T) {
	cause := errors.New("disk")
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{cause, Internal}, {Missing(), NotFound}, {fmt.Errorf("x: %w", New(Conflict, "")), Conflict}, {Wrong("a", "error.missing"), Invalid},
	} {
		if got := Of(c.err).Kind; got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
	if Of(nil) != nil || Is(nil, Internal) || !errors.Is(Of(cause), cause) {
		t.Error("nil or the cause was lost")
	}
	if (Problems{}).Err() != nil {
		t.Error("no problems are an error")
	}
}

func TestChecks(t *testing.T) {
	line := func(p *Problems, v *string) { p.Line("f", v, 10, Optional) }
	text := func(p *Problems, v *string) { p.Text("f", v, 40, Optional) }
	email := func(p *Problems, v *string) { p.Email("f", v, Optional) }
	web := func(p *Problems, v *string) { p.URL("f", v, 200, Optional) }
	for _, c := range []struct {
		name    string
		check   func(*Problems, *string)
		in, out string
		problem string
	}{
		{"spaces fold", line, "  a \t b\u00a0c\n", "a b c", ""},
		{"turning the direction", line, "a\u202eb\u2066c\u200bd\ufeff", "abcd", ""},
		{"joiners stay where they spell", line, "می\u200cخواهم", "می\u200cخواهم", ""},
		{"joiners go where they hide", line, "pay\u200dpal\u200c", "paypal", ""},
		{"composed", line, "e\u0301", "é", ""},
		{"too long", line, "01234567890", "01234567890", "error.long"},
		{"ten characters of two bytes", line, strings.Repeat("é", 10), strings.Repeat("é", 10), ""},
		{"NUL", line, "a\x00b", "ab", "error.control"},
		{"not UTF-8", line, "a\xffb", "ab", "error.control"},
		{"paragraphs", text, "\r\na  \r\n\r\n\n\nb\n", "a\n\nb", ""},
		{"an address", email, " a.b+c@d.example ", "a.b+c@d.example", ""},
		{"a name and an address", email, "A <a@b.example>", "A <a@b.example>", "error.email"},
		{"two addresses", email, "a@b.example,c@d.example", "a@b.example,c@d.example", "error.email"},
		{"no dot", email, "a@localhost", "a@localhost", "error.email"},
		{"a second header", email, "a@b.example\r\nBcc: c@d.example", "a@b.example Bcc: c@d.example", "error.email"},
		{"a page", web, "https://a.example/x?y=1#z", "https://a.example/x?y=1#z", ""},
		{"a script", web, "javascript:alert(1)", "javascript:alert(1)", "error.url"},
		{"a script, hidden", web, "java\u200bscript:alert(1)", "javascript:alert(1)", "error.url"},
		{"data", web, "data:text/html,x", "data:text/html,x", "error.url"},
		{"no scheme", web, "//a.example", "//a.example", "error.url"},
		{"a password", web, "https://u:p@a.example", "https://u:p@a.example", "error.url"},
		{"backslashes", web, `https:\\a.example`, `https:\\a.example`, "error.url"},
	} {
		var p Problems
		v := c.in
		c.check(&p, &v)
		got := ""
		if len(p) > 0 {
			got = p[0].Key
		}
		if v != c.out || got != c.problem || len(p) > 1 {
			t.Errorf("%s: %q, %v; want %q, %q", c.name, v, p, c.out, c.problem)
		}
	}
	var p Problems
	empty := " \n"
	p.Line("f", &empty, 5, Required)
	p.Choice("g", "x", "a", "b")
	if len(p) != 2 || p[0].Key != "error.missing" || p[1].Key != "error.choice" {
		t.Error(p)
	}
}

func FuzzChecks(f *testing.F) {
	for _, s := range []string{"", "a b", "\u202e", "https://a.example", "a@b.example", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var p Problems
		one, again := s, ""
		p.Line("f", &one, 1000, Optional)
		again = one
		p.Line("f", &again, 1000, Optional)
		if again != one {
			t.Errorf("cleaning twice differs: %q, %q", one, again)
		}
		for _, r := range one {
			if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e {
				t.Errorf("%q holds %U", one, r)
			}
		}
		u := s
		p = nil
		p.URL("f", &u, 1000, Optional)
		if len(p) == 0 && u != "" && !strings.HasPrefix(strings.ToLower(u), "http") {
			t.Errorf("%q passed as a page", u)
		}
	})
}
