// Package prose is text with a little form: paragraphs, two levels of headings,
// lists, quotations, strong and stressed words, links. It reads what an editor
// in the browser makes of it and what people type by hand, and writes both, and
// HTML that is safe to show.
//
// Whatever comes in ends as a [Text], which can hold nothing else: no script,
// no style, no picture, no class. So two ways of writing the same text are one,
// and going from one to the other loses nothing.
//
// Alone since 2026-11-22: stories and news will be written with it.
package prose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"withus.example/platform/fault"
)

// Kind is what a block is.
type Kind string

// The kinds of block. Items in a row are a list, quotes in a row one quotation.
const (
	Para  Kind = "p"
	Title Kind = "h2"
	Under Kind = "h3"
	Item  Kind = "li"
	Quote Kind = "blockquote"
)

// Block is a piece of text with one form.
type Block struct {
	Kind    Kind
	Ordered bool // of an item: its list is numbered
	Depth   int  // of an item: how many lists its own stands in
	Spans   []Span
}

// Span is words that look alike. A "\n" in them is the end of a line.
type Span struct {
	Words string
	Look
}

// Look is how words look, and where they lead.
type Look struct {
	Strong, Stress bool
	Href           string // http, https, mailto, or a path of this site; empty: nowhere
}

// Text is a whole text.
type Text []Block

// deepest is how many lists an item may stand in: more fits on no phone.
const deepest = 3

// cell is one character with its look, while a text is put together.
type cell struct {
	r rune
	Look
}

// builder puts a text together.
type builder struct {
	out  Text
	now  Block // its form; its spans are made of cells
	text []cell
}

// begin ends the block under way and begins another.
func (b *builder) begin(as Block) {
	b.end()
	b.now = as
}

// add appends words to the block under way; without one it is a paragraph.
func (b *builder) add(words string, l Look) {
	for _, r := range words {
		b.text = append(b.text, cell{r, l})
	}
}

// end ends the block under way. A paragraph with an empty line in it is two;
// what holds no words is none.
func (b *builder) end() {
	if b.now.Kind == "" {
		b.now.Kind = Para
	}
	for _, part := range tidy(b.text) {
		if b.now.Kind == Title || b.now.Kind == Under {
			for i := range part {
				if part[i].r == '\n' {
					part[i].r = ' '
				}
			}
		}
		block := b.now
		block.Spans = spans(part)
		b.out = append(b.out, block)
	}
	b.now, b.text = Block{}, nil
}

// tidy folds spaces, and cuts at empty lines.
func tidy(in []cell) (out [][]cell) {
	var now []cell
	lines := 0
	for i, c := range in {
		switch {
		case c.r == '\n':
			c.Look = Look{} // the end of a line looks like nothing
			for len(now) > 0 && space(now[len(now)-1].r) {
				now = now[:len(now)-1]
			}
			if lines++; lines == 1 && len(now) > 0 {
				now = append(now, c)
			} else if lines == 2 && len(now) > 0 {
				out, now = append(out, now[:len(now)-1]), nil
			}
			continue
		case unicode.IsSpace(c.r):
			if len(now) == 0 || now[len(now)-1].r == '\n' || space(now[len(now)-1].r) {
				continue
			}
			if c.r = ' '; french(in, i) {
				c.r = '\u00a0'
			}
		default:
			lines = 0
		}
		now = append(now, c)
	}
	for len(now) > 0 && (space(now[len(now)-1].r) || now[len(now)-1].r == '\n') {
		now = now[:len(now)-1]
	}
	if len(now) > 0 {
		out = append(out, now)
	}
	return out
}

func space(r rune) bool { return r == ' ' || r == '\u00a0' }

// french says whether a space must not be broken at: French has such before
// some marks. Any other is an editor's way to write two spaces.
func french(in []cell, i int) bool {
	if in[i].r != '\u00a0' && in[i].r != '\u202f' || i == 0 || i+1 == len(in) || unicode.IsSpace(in[i-1].r) {
		return false
	}
	return strings.ContainsRune("?!;:»%", in[i+1].r) || in[i-1].r == '«'
}

// bare is an address written out in a text, which is made a link.
var bare = regexp.MustCompile(`https?://[^\s<>"\[\]()*\\]*[^\s<>"\[\]()*_\\.,;:!?'’»«]`)

// spans puts cells that look alike together.
func spans(in []cell) (out []Span) {
	var words []rune
	for i, c := range in {
		words = append(words, c.r)
		if i+1 == len(in) || in[i+1].Look != c.Look {
			out = append(out, Span{norm.NFC.String(string(words)), c.Look})
			words = words[:0]
		}
	}
	return slices.Clip(linked(out))
}

// linked makes links of addresses that are written out. One beside a link to the
// same place is one with it.
func linked(in []Span) (out []Span) {
	add := func(s Span) {
		// What joins letters joins none where a link begins.
		if s.Words = clean(s.Words); s.Words == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Look == s.Look {
			out[n-1].Words = norm.NFC.String(out[n-1].Words + s.Words)
			return
		}
		out = append(out, s)
	}
	for _, s := range in {
		for s.Href == "" {
			at := bare.FindStringIndex(s.Words)
			if at == nil {
				break
			}
			to := href(s.Words[at[0]:at[1]])
			if to == "" {
				break
			}
			if at[0] > 0 {
				add(Span{s.Words[:at[0]], s.Look})
			}
			link := s.Look
			link.Href = to
			add(Span{s.Words[at[0]:at[1]], link})
			s.Words = s.Words[at[1]:]
		}
		add(s)
	}
	return out
}

// whole is the text, its headings and lists made to follow each other: no level
// is left out.
func (b *builder) whole() Text {
	b.end()
	depth, titled := -1, false
	for i := range b.out {
		x := &b.out[i]
		switch x.Kind {
		case Title:
			titled = true
		case Under:
			if !titled {
				x.Kind, titled = Title, true
			}
		}
		if x.Kind != Item {
			depth = -1
			continue
		}
		x.Depth = min(x.Depth, depth+1, deepest)
		depth = x.Depth
	}
	return b.out
}

// Words are the words of a text without any form, for search and for counting.
func (t Text) Words() string {
	var lines []string
	for _, b := range t {
		lines = append(lines, b.words())
	}
	return strings.Join(lines, "\n")
}

func (b *Block) words() string {
	var out strings.Builder
	for _, s := range b.Spans {
		out.WriteString(s.Words)
	}
	return out.String()
}

// First is the first paragraph's words on one line, at most max characters of
// them: what stands in a list. It is empty where there is none.
func (t Text) First(max int) string {
	for _, b := range t {
		if b.Kind != Para {
			continue
		}
		words := []rune(strings.ReplaceAll(b.words(), "\n", " "))
		if len(words) <= max {
			return string(words)
		}
		cut := max
		for cut > max/2 && words[cut] != ' ' {
			cut--
		}
		return strings.TrimRight(string(words[:cut]), " ") + "…"
	}
	return ""
}

// clean are words without what can't be seen.
func clean(words string) string { return fault.Clean(words) }
