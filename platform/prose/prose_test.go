package prose

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// awkward is text that the three ways of writing have trouble with.
var awkward = []string{"a", "b c", " ", "\n", "*", "**", "***", "_", "__", "[", "]", "](", "(", ")", "[a](/b)", `\`, `\*`, "- ", "## ", "> ", "1. ", "12) ", "•", "• ", "#", "<b>", "&amp;", "&", `"`, "'",
	"https://a.example/x_y", "https://", "http://a.example/?q=1&r=(2)", "\u00a0", "\u00a0?", "« ", "\u202f!", "رفاق", "שלום", "नमस्ते", "e\u0301", "\u202e", "\u200b", "\t", "----", "a  b", "1.", "www.a.example"}

func draw(t *rapid.T) Text {
	var b builder
	n := rapid.IntRange(0, 5).Draw(t, "blocks")
	for range n {
		b.begin(Block{Kind: rapid.SampledFrom([]Kind{Para, Para, Title, Under, Item, Item, Quote}).Draw(t, "kind"), Ordered: false})
		if b.now.Kind == Item {
			b.now.Ordered, b.now.Depth = rapid.Bool().Draw(t, "ordered"), rapid.IntRange(0, 4).Draw(t, "depth")
		}
		for range rapid.IntRange(0, 4).Draw(t, "spans") {
			words := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(awkward), rapid.StringN(0, 4, -1)), 1, 4).Draw(t, "words"), "")
			to := href(rapid.SampledFrom([]string{"", "", "", "/about", "https://a.example/x_y", "http://a.example/(1)?q='1'", "mailto:a@b.example", "#part"}).Draw(t, "to"))
			b.add(clean(strings.ReplaceAll(words, "\r", "")), Look{rapid.Bool().Draw(t, "strong"), rapid.Bool().Draw(t, "stress"), to})
		}
	}
	return b.whole()
}

// Whatever a text is, all three ways of writing it say the same, and each gives
// it back: no way of editing it loses what another made.
func TestRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := draw(t)
		for name, got := range map[string]Text{"HTML": FromHTML(x.HTML()), "the editor": FromHTML(x.Editor()), "plain": FromPlain(x.Plain())} {
			if len(x)+len(got) > 0 && !reflect.DeepEqual(got, x) {
				t.Errorf("by %s\n%s\n%s\n%q\nbecomes\n%s", name, x.HTML(), x.Editor(), x.Plain(), got.HTML())
			}
		}
		if safe := Safe(x.HTML()); safe != x.HTML() {
			t.Errorf("what is kept is not what is shown:\n%s\n%s", x.HTML(), safe)
		}
	})
}

var allowed = regexp.MustCompile(`^(?:</?(?:p|h2|h3|ul|ol|li|blockquote|strong|em|br)>|</a>|<a href="(?:(?:https?://|mailto:|#)[^"<>]*|/(?:[^/"<>][^"<>]*)?)"(?: rel="noopener")?>|[^<>])*$`)

// hold says what is wrong with HTML that came from somebody.
func hold(in string) string {
	out := FromHTML(in).HTML()
	switch {
	case !allowed.MatchString(out):
		return "it holds what it must not: " + out
	case Safe(out) != out:
		return "the second sieve finds something: " + out
	case FromHTML(out).HTML() != out:
		return "once more, it is another: " + out + "\n" + FromHTML(out).HTML()
	}
	return ""
}

// hostile is what somebody may send who means harm: cases C1, C3, C7, C8, C9.
var hostile = map[string]string{
	`<script>alert(1)</script>hello`:                                             "<p>hello</p>",
	`<scr<script>ipt>alert(1)</scr</script>ipt>`:                                 "<p>ipt&gt;alert(1)ipt&gt;</p>",
	`<img src=x onerror=alert(1)>words`:                                          "<p>words</p>",
	`<svg/onload=alert(1)><a href="/x">a</a></svg>b`:                             "<p>b</p>",
	`<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>`:    "",
	`<p style="position:fixed" class="hero" id="main" onclick="x()">plain</p>`:   "<p>plain</p>",
	`<a href="javascript:alert(1)">a</a>`:                                        "<p>a</p>",
	`<a href=" java&#10;script:alert(1)">a</a>`:                                  "<p>a</p>",
	`<a href="&#1;javascript:alert(1)">a</a>`:                                    "<p>a</p>",
	`<a href="data:text/html,x">a</a>`:                                           "<p>a</p>",
	`<a href="//evil.example">a</a>`:                                             "<p>a</p>",
	`<a href="/\evil.example">a</a>`:                                             `<p><a href="/%5Cevil.example">a</a></p>`, // a path here, and nothing else
	`<a href="\\evil.example">a</a>`:                                             "<p>a</p>",
	`<a href="https://user:pass@evil.example">a</a>`:                             "<p>a</p>",
	`<a href="https://a.example/x" target="_blank" rel="opener" onclick=x>a</a>`: `<p><a href="https://a.example/x" rel="noopener">a</a></p>`,
	`<a href='/x"onmouseover="alert(1)'>a</a>`:                                   `<p><a href="/x%22onmouseover=%22alert%281%29">a</a></p>`,
	`<iframe src="https://evil.example"></iframe><object data=x>o</object>b`:     "<p>b</p>",
	`<form action="/sign-out" method=post><button>b</button></form>`:             "<p>b</p>",
	`<style>body{display:none}</style>a`:                                         "<p>a</p>",
	`<!--[if IE]><script>x</script><![endif]-->a`:                                "<p>a</p>",
	`<textarea></textarea><script>x</script>a`:                                   "<p>a</p>",
	`<noscript><p title="</noscript><img src=x onerror=x>">`:                     "<p>&#34;&gt;</p>",
	"a\u202etxt.exe\u200b":                                                       "<p>atxt.exe</p>",
	`a &lt;script&gt; b`:                                                         "<p>a &lt;script&gt; b</p>",
	`<img src="https://evil.example/pixel.gif">`:                                 "",
	`<h1>One</h1><h4>Two</h4><h2>Three</h2>`:                                     "<h2>One</h2><h3>Two</h3><h2>Three</h2>",
	`<h3>First</h3><p>a`:                                                         "<h2>First</h2><p>a</p>",
	`<div>one<br>two<br><br>three&nbsp; four</div>`:                              "<p>one<br>two</p><p>three four</p>",
	`<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>`:                           "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>",
	`<p>see https://a.example/b_c. Yes</p>`:                                      `<p>see <a href="https://a.example/b_c" rel="noopener">https://a.example/b_c</a>. Yes</p>`,
	`<p>Vraiment&nbsp;?</p>`:                                                     "<p>Vraiment\u00a0?</p>",
}

func TestHostile(t *testing.T) {
	for in, want := range hostile {
		if got := FromHTML(in).HTML(); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", in, got, want)
		}
		if wrong := hold(in); wrong != "" {
			t.Errorf("%s: %s", in, wrong)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for in := range hostile {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if wrong := hold(in); wrong != "" {
			t.Errorf("%q: %s", in, wrong)
		}
		x := FromPlain(in)
		if !allowed.MatchString(x.HTML()) || Safe(x.HTML()) != x.HTML() || FromPlain(x.Plain()).HTML() != x.HTML() {
			t.Errorf("typed %q: %s, again %s", in, x.HTML(), FromPlain(x.Plain()).HTML())
		}
	})
}

// An address that is written out beside a link to the same place is one link
// with it, as it is when it is read again.
func TestJoined(t *testing.T) {
	for in, want := range map[string]string{
		`https://a.example/<a href="https://a.example/">more</a>`:  `<p><a href="https://a.example/" rel="noopener">https://a.example/more</a></p>`,
		`<a href="https://a.example/">more </a>https://a.example/`: `<p><a href="https://a.example/" rel="noopener">more https://a.example/</a></p>`,
		`https://a.example/<a href="https://b.example/">more</a>`:  `<p><a href="https://a.example/" rel="noopener">https://a.example/</a><a href="https://b.example/" rel="noopener">more</a></p>`,
	} {
		got := FromHTML(in).HTML()
		if again := FromHTML(got).HTML(); got != want || again != want {
			t.Errorf("%s\nbecomes\n%s\nand then\n%s", in, got, again)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"One\nline\n\nTwo":                     "<p>One<br>line</p><p>Two</p>",
		"# A\n### B\ntext":                     "<h2>A</h2><h3>B</h3><p>text</p>",
		"- a\n- b\n    - c\n    - d\n\n1. x":   "<ul><li>a</li><li>b<ul><li>c</li><li>d</li></ul></li></ul><ol><li>x</li></ol>",
		"> a\n> b\n>\n> c":                     "<blockquote><p>a<br>b</p><p>c</p></blockquote>",
		"**a** and __b__, a_b * c **":          "<p><strong>a</strong> and <em>b</em>, a_b * c **</p>",
		"[our words](/our-language)":           `<p><a href="/our-language">our words</a></p>`,
		"[our words](javascript:x) [a](/b":     "<p>[our words](javascript:x) [a](/b</p>",
		"Name: ______":                         "<p>Name: ______</p>",
		"- a\n  more\nnot":                     "<ul><li>a<br>more</li></ul><p>not</p>",
		`\- no list`:                           "<p>- no list</p>",
		"<script>x</script>":                   "<p>&lt;script&gt;x&lt;/script&gt;</p>",
		"[a (b) c](https://a.example/%28x%29)": `<p><a href="https://a.example/%28x%29" rel="noopener">a (b) c</a></p>`,
	} {
		if got := FromPlain(in).HTML(); got != want {
			t.Errorf("%q\nbecomes %s\nwant    %s", in, got, want)
		}
	}
	x := FromPlain("## T\n\nA **short** text\nof two lines.")
	if x.Words() != "T\nA short text\nof two lines." || x.First(100) != "A short text of two lines." || x.First(10) != "A short…" {
		t.Errorf("%q %q %q", x.Words(), x.First(100), x.First(10))
	}
}

// Long and deep things come to an end: their length is all that counts.
func TestLong(t *testing.T) {
	const n = 40000
	for _, in := range []string{strings.Repeat("<ul><li>", n), strings.Repeat("<b>", n), strings.Repeat("[", n), strings.Repeat("[a](", n), strings.Repeat("**", n), strings.Repeat("* ", n), strings.Repeat("> ", n), strings.Repeat("a\n", n), strings.Repeat(`\`, n), strings.Repeat("https://", n), strings.Repeat("<blockquote>a", n/10)} {
		FromHTML(in).HTML()
		FromPlain(FromPlain(in).Plain())
	}
}
