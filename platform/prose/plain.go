package prose

import (
	"regexp"
	"strconv"
	"strings"
)

// What people type by hand: an empty line ends a paragraph; "## " begins a
// heading, "### " a smaller one, "- " or "1. " an item of a list, "> " a
// quotation; **strong**, __stressed__, [words](address). A backslash lets the
// mark after it be what it is.

// mark is how a line begins that is no plain line.
var mark = regexp.MustCompile(`^(?:(#{1,6}) +|([-*•]) +|(\d{1,3})[.)] +|(>) ?)`)

// FromPlain reads what somebody typed.
func FromPlain(in string) Text {
	b := &builder{}
	var ins []int // how far the items are moved in that the next may stand in
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(in), "\n") {
		words := strings.TrimLeft(line, " \t")
		in := len(line) - len(words) + strings.Count(line[:len(line)-len(words)], "\t")
		words = strings.TrimSpace(words)
		m := mark.FindStringSubmatch(words)
		if words != "" && (m == nil && in < 2 || m != nil && m[2]+m[3] == "") {
			ins = ins[:0]
		}
		switch {
		case words == "":
			b.begin(Block{})
		case m == nil:
			if b.now.Kind == Item && in < 2 || b.now.Kind == Quote || b.now.Kind == Title || b.now.Kind == Under {
				b.begin(Block{})
			}
			if b.now.Kind == "" {
				b.now.Kind = Para
			}
			b.line(words)
		case m[1] != "":
			kind := Title
			if len(m[1]) > 2 {
				kind = Under
			}
			b.begin(Block{Kind: kind})
			b.line(words[len(m[0]):])
		case m[4] != "":
			words = strings.TrimSpace(words[len(m[0]):])
			if b.now.Kind != Quote || words == "" {
				b.begin(Block{Kind: Quote})
			}
			b.line(words)
		default:
			for len(ins) > 0 && in <= ins[len(ins)-1] {
				ins = ins[:len(ins)-1]
			}
			b.begin(Block{Kind: Item, Ordered: m[3] != "", Depth: len(ins)})
			ins = append(ins, in)
			b.line(words[len(m[0]):])
		}
	}
	return b.whole()
}

// line reads one line into the block under way. What is opened and not closed
// in a line is what it is.
func (b *builder) line(in string) {
	if len(b.text) > 0 {
		b.add("\n", Look{})
	}
	in = clean(in)
	left := map[byte]int{'*': pairs(in, '*'), '_': pairs(in, '_')}
	var l Look
	var run strings.Builder
	flush := func() {
		b.add(run.String(), l)
		run.Reset()
	}
	for i := 0; i < len(in); i++ {
		switch c := in[i]; {
		case c == '\\' && escaped(in[i+1:]):
			i++
			run.WriteByte(in[i])
		case c == '*' || c == '_':
			n := runOf(in, i)
			if n != 2 || left[c] == 0 {
				run.WriteString(in[i : i+n])
				i += n - 1
				continue
			}
			flush()
			left[c]--
			if i++; c == '*' {
				l.Strong = !l.Strong
			} else {
				l.Stress = !l.Stress
			}
		case c == '[':
			words, to, n := link(in[i:])
			if n == 0 {
				run.WriteByte(c)
				continue
			}
			flush()
			lead := l
			lead.Href = to
			b.add(words, lead)
			i += n - 1
		default:
			run.WriteByte(c)
		}
	}
	flush()
}

// pairs is how many double marks of a line open or close something: an odd one
// is just itself.
func pairs(in string, c byte) (n int) {
	for i := 0; i < len(in); i++ {
		switch {
		case in[i] == '\\':
			i++
		case in[i] == '[':
			if _, _, long := link(in[i:]); long > 0 {
				i += long - 1
			}
		case in[i] == c:
			long := runOf(in, i)
			if long == 2 {
				n++
			}
			i += long - 1
		}
	}
	return n &^ 1
}

// runOf is how often the mark at i stands in a row.
func runOf(in string, i int) int {
	n := 1
	for i+n < len(in) && in[i+n] == in[i] {
		n++
	}
	return n
}

var linkText = regexp.MustCompile(`^\[((?:[^\[\]\\]|\\.)+)\]\(([^()\s]+)\)`)

// link reads a link at the beginning of a text; n is how long it is, 0 where
// there is none.
func link(in string) (words, to string, n int) {
	m := linkText.FindStringSubmatch(in)
	if m == nil {
		return "", "", 0
	}
	if to = href(m[2]); to == "" {
		return "", "", 0
	}
	return unescape(m[1]), to, len(m[0])
}

func unescape(in string) string {
	var out strings.Builder
	for i := 0; i < len(in); i++ {
		if in[i] == '\\' && escaped(in[i+1:]) {
			i++
		}
		out.WriteByte(in[i])
	}
	return out.String()
}

// escaped says whether a text begins with a mark that a backslash before it
// lets be what it is.
func escaped(in string) bool {
	if in == "" {
		return false
	}
	c := in[0]
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') || strings.HasPrefix(in, "•")
}

// Plain is the text as somebody would type it.
func (t Text) Plain() string {
	var w strings.Builder
	var counts [deepest + 1]int
	for i, b := range t {
		if i > 0 {
			switch {
			case b.Kind == Item && t[i-1].Kind == Item:
				w.WriteString("\n")
			case b.Kind == Quote && t[i-1].Kind == Quote:
				w.WriteString("\n>\n")
			default:
				w.WriteString("\n\n")
			}
		}
		if b.Kind != Item || i == 0 || t[i-1].Kind != Item {
			counts = [deepest + 1]int{}
		}
		first, more := "", ""
		switch b.Kind {
		case Title:
			first = "## "
		case Under:
			first = "### "
		case Quote:
			first, more = "> ", "> "
		case Item:
			clear(counts[b.Depth+1:])
			counts[b.Depth]++
			more = strings.Repeat("  ", b.Depth+1)
			first = strings.Repeat("  ", b.Depth) + "- "
			if b.Ordered {
				first = strings.Repeat("  ", b.Depth) + strconv.Itoa(min(counts[b.Depth], 999)) + ". "
			} else {
				counts[b.Depth] = 0
			}
		}
		for j, line := range strings.Split(b.typed(), "\n") {
			switch {
			case j == 0:
				w.WriteString(first)
			default:
				w.WriteString("\n" + more)
			}
			if b.Kind == Para || b.Kind == Item && j > 0 {
				line = plainLine(line)
			}
			w.WriteString(line)
		}
	}
	return w.String()
}

// plainLine keeps a line from being read as the beginning of something else.
func plainLine(line string) string {
	m := mark.FindStringSubmatch(line)
	switch {
	case m == nil:
		return line
	case m[3] != "":
		return m[3] + `\` + line[len(m[3]):]
	}
	return `\` + line
}

// typed are a block's words with their marks. Marks are closed at the end of
// each line.
func (b *Block) typed() string {
	var w strings.Builder
	var on Look
	set := func(l Look) {
		if l.Stress != on.Stress {
			w.WriteString("__")
		}
		if l.Strong != on.Strong {
			w.WriteString("**")
		}
		on = l
	}
	for i, s := range b.Spans {
		for j, line := range strings.Split(s.Words, "\n") {
			if j > 0 {
				set(Look{})
				w.WriteByte('\n')
			}
			if line == "" {
				continue
			}
			set(s.Look)
			switch {
			case s.Href == "":
				w.WriteString(escape(line))
			case line == s.Words && line == s.Href && b.alone(i):
				w.WriteString(line)
			default:
				w.WriteString("[" + strings.ReplaceAll(escape(line), "[", `\[`) + "](" + s.Href + ")")
			}
		}
	}
	set(Look{})
	return w.String()
}

// alone says whether an address written out stays one: nothing beside it would
// be read as part of it.
func (b *Block) alone(i int) bool {
	s := b.Spans[i]
	if bare.FindString(s.Words) != s.Words || strings.Contains(s.Words, "__") {
		return false
	}
	before := i == 0 || strings.ContainsAny(b.Spans[i-1].Words[len(b.Spans[i-1].Words)-1:], " \n")
	after := i+1 == len(b.Spans) || strings.ContainsAny(b.Spans[i+1].Words[:1], " \n")
	return before && after
}

// escape lets marks be what they are.
func escape(in string) string {
	var w strings.Builder
	for i := 0; i < len(in); i++ {
		switch c := in[i]; c {
		case '\\', ']':
			w.WriteByte('\\')
			w.WriteByte(c)
		case '*', '_':
			n := runOf(in, i)
			for range n {
				if n == 2 || i == 0 || i+n == len(in) {
					w.WriteByte('\\')
				}
				w.WriteByte(c)
			}
			i += n - 1
		default:
			w.WriteByte(c)
		}
	}
	return w.String()
}
