package prose

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shown is all that a text's HTML may hold.
var shown = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "br")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}()

// taken is what is taken in: the same, and what editors make of it, which
// becomes the same.
var taken = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "b", "em", "i", "br", "section", "article", "tr", "pre")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.SkipElementsContent("head", "title", "noscript", "template", "svg", "math", "select", "textarea", "iframe", "object", "video", "audio")
	return p
}()

// Safe is HTML of a text once more through the sieve, on its way to a reader: what
// is in the database may have come there another way.
func Safe(stored string) string { return shown.Sanitize(stored) }

// FromHTML reads HTML that somebody sent.
func FromHTML(in string) Text {
	b := &builder{}
	z := html.NewTokenizer(strings.NewReader(taken.Sanitize(in)))
	var strong, stress, quote int
	var lists []bool // open ones: is it numbered?
	var to string
	again := func() { // after a block of its own, what follows is what it stood in
		switch {
		case len(lists) > 0:
			b.begin(Block{Kind: Item, Ordered: lists[len(lists)-1], Depth: len(lists) - 1})
		case quote > 0:
			b.begin(Block{Kind: Quote})
		default:
			b.begin(Block{})
		}
	}
	for {
		kind := z.Next()
		if kind == html.ErrorToken { // the end: it is read from memory
			return b.whole()
		}
		if kind == html.TextToken {
			words := strings.Map(func(r rune) rune {
				if r == '\n' || r == '\r' {
					return ' '
				}
				return r
			}, clean(string(z.Text())))
			b.add(words, Look{strong > 0, stress > 0, to})
			continue
		}
		t := z.Token()
		opens := t.Type == html.StartTagToken || t.Type == html.SelfClosingTagToken
		by := -1
		if opens {
			by = 1
		}
		switch t.DataAtom {
		case atom.Br:
			b.add("\n", Look{strong > 0, stress > 0, to})
		case atom.Strong, atom.B:
			strong = max(0, strong+by)
		case atom.Em, atom.I:
			stress = max(0, stress+by)
		case atom.A:
			to = ""
			if opens {
				for _, a := range t.Attr {
					if a.Key == "href" {
						to = href(a.Val)
					}
				}
			}
		case atom.Blockquote:
			quote = max(0, quote+by)
			again()
		case atom.Ul, atom.Ol:
			if opens {
				lists = append(lists, t.DataAtom == atom.Ol)
			} else if len(lists) > 0 {
				lists = lists[:len(lists)-1]
			}
			again()
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			again()
			if opens && len(lists) == 0 && quote == 0 {
				b.begin(Block{Kind: Under})
				if t.DataAtom == atom.H1 || t.DataAtom == atom.H2 {
					b.now.Kind = Title
				}
			}
		default: // p, div, li and the like
			again()
		}
	}
}

// href is an address a text may lead to, written in one way; empty where it is
// none: another scheme, another host without saying so, or no address at all.
func href(in string) string {
	in = clean(strings.TrimSpace(in))
	if strings.HasPrefix(in, "www.") {
		in = "https://" + in
	}
	u, err := url.Parse(in)
	if err != nil || u.User != nil || strings.ContainsAny(in, "\\\t\r\n") || len(in) > 1000 {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Hostname() == "" || u.Opaque != "" {
			return ""
		}
	case "mailto":
		if !strings.Contains(u.Opaque, "@") {
			return ""
		}
	case "":
		if u.Host != "" || !strings.HasPrefix(in, "/") && !strings.HasPrefix(in, "#") || strings.HasPrefix(in, "//") {
			return ""
		}
	default:
		return ""
	}
	out := strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "'", "%27", "*", "%2A", "[", "%5B", "]", "%5D").Replace(u.String())
	if again, err := url.Parse(out); err != nil || again.String() != out {
		return ""
	}
	return out
}

// HTML is the text as it is kept and shown.
func (t Text) HTML() string { return t.html("p", "</p><p>") }

// Editor is the text as the editor in the browser writes it: lines in a div, an
// empty line between paragraphs.
func (t Text) Editor() string { return t.html("div", "<br><br>") }

// html writes the text; para is what a paragraph stands in, and next comes
// between two of them.
func (t Text) html(para, next string) string {
	var w strings.Builder
	var lists []bool
	shut := func(to int) {
		for len(lists) > to {
			w.WriteString("</li>" + list(lists[len(lists)-1], "</"))
			lists = lists[:len(lists)-1]
		}
	}
	for i, b := range t {
		first, last := i == 0 || t[i-1].Kind != b.Kind, i+1 == len(t) || t[i+1].Kind != b.Kind
		switch b.Kind {
		case Item:
			shut(b.Depth + 1)
			if len(lists) == b.Depth+1 && lists[b.Depth] != b.Ordered {
				shut(b.Depth)
			}
			if len(lists) == b.Depth+1 {
				w.WriteString("</li>")
			} else {
				lists = append(lists, b.Ordered)
				w.WriteString(list(b.Ordered, "<"))
			}
			w.WriteString("<li>")
			b.inline(&w)
			if last {
				shut(0)
			}
		case Para, Quote:
			open, between, end := "<"+para+">", next, "</"+para+">"
			if b.Kind == Quote && para == "p" {
				open, end = "<blockquote><p>", "</p></blockquote>"
			} else if b.Kind == Quote {
				open, end = "<blockquote>", "</blockquote>"
			}
			if first {
				w.WriteString(open)
			} else {
				w.WriteString(between)
			}
			b.inline(&w)
			if last {
				w.WriteString(end)
			}
		default:
			w.WriteString("<" + string(b.Kind) + ">")
			b.inline(&w)
			w.WriteString("</" + string(b.Kind) + ">")
		}
	}
	return w.String()
}

func list(ordered bool, begin string) string {
	if ordered {
		return begin + "ol>"
	}
	return begin + "ul>"
}

// inline writes a block's words.
func (b *Block) inline(w *strings.Builder) {
	for _, s := range b.Spans {
		var tags []string
		if s.Href != "" {
			rel := ""
			if strings.HasPrefix(s.Href, "http") {
				rel = ` rel="noopener"`
			}
			w.WriteString(`<a href="` + html.EscapeString(s.Href) + `"` + rel + ">")
			tags = append(tags, "a")
		}
		if s.Strong {
			w.WriteString("<strong>")
			tags = append(tags, "strong")
		}
		if s.Stress {
			w.WriteString("<em>")
			tags = append(tags, "em")
		}
		w.WriteString(strings.ReplaceAll(html.EscapeString(s.Words), "\n", "<br>"))
		for i := len(tags) - 1; i >= 0; i-- {
			w.WriteString("</" + tags[i] + ">")
		}
	}
}
