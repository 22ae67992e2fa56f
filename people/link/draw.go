package link

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Drawing is a web as it is drawn: the middle, a ring around it, and a ring
// around that. It is the same each time, so that people find again what they
// have seen. Its units are pixels of a screen 320 wide.
type Drawing struct {
	Top, Height int // from where to how far down anything is drawn
	Lines       []Line
	Marks       []Mark
	Kinds       []Kind // that are drawn, for the legend
	Unlabelled  bool   // some marks have no room for their name
}

// Line is a link.
type Line struct {
	Kind           Kind
	X1, Y1, X2, Y2 int
	Tip            string // the points of an arrow's head, "" for a link without a direction
	From, To       string // names, for its title
}

// Mark is a group.
type Mark struct {
	Group
	X, Y, R int
	Way     string // what the one it hangs on says of it; "" for the middle
	On      string // the name of that one
	Label   string // a short name; "" where there is no room
	LX, LY  int    // the middle of its baseline
	box     box
}

type box struct{ x1, y1, x2, y2 float64 }

func (a box) meets(b box) bool { return a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2 }

const (
	width      = 320
	fontSize   = 13
	mostLetter = 15 // characters of a short name
	outerRing  = 2  // the number of that ring
)

// rings are how far each ring is from the middle, to the side and up, and how
// large its marks are.
var rings = []struct{ x, y, r float64 }{{0, 0, 13}, {96, 96, 10}, {140, 190, 7}}

// draw lays a web out: the ring in equal angles from the top, and what hangs on
// each of its groups further out, in that group's share of the circle.
func draw(middle Group, ring []End, steps []Step) *Drawing {
	d := &Drawing{}
	if len(ring) == 0 {
		return d
	}
	cx, cy := float64(width)/2, 0.
	at := func(n int, angle float64) (float64, float64) {
		return cx + rings[n].x*math.Cos(angle), cy + rings[n].y*math.Sin(angle)
	}
	d.add(0, cx, cy, Mark{Group: middle})
	further := map[string][]End{}
	for _, st := range steps {
		further[st.ID] = st.Ends
	}
	share := 2 * math.Pi / float64(len(ring))
	for i, e := range ring {
		angle := -math.Pi/2 + (float64(i)+.5)*share
		x, y := at(1, angle)
		d.line(e.Link, middle, e.Other, cx, cy, x, y, 0, 1)
		d.add(1, x, y, Mark{Group: e.Other, Way: e.Way, On: middle.Name})
		hang := further[e.Other.ID]
		wide := min(share*.9, math.Pi)
		for j, f := range hang {
			a := angle + (float64(j)-float64(len(hang)-1)/2)*wide/float64(len(hang))
			fx, fy := at(outerRing, a)
			d.line(f.Link, e.Other, f.Other, x, y, fx, fy, 1, outerRing)
			d.add(outerRing, fx, fy, Mark{Group: f.Other, Way: f.Way, On: e.Other.Name})
		}
	}
	d.label()
	for _, k := range kinds {
		for _, l := range d.Lines {
			if l.Kind == k {
				d.Kinds = append(d.Kinds, k)
				break
			}
		}
	}
	return d
}

func (d *Drawing) add(ring int, x, y float64, m Mark) {
	r := rings[ring].r
	m.X, m.Y, m.R = int(math.Round(x)), int(math.Round(y)), int(r)
	m.box = box{x - r - 2, y - r - 2, x + r + 2, y + r + 2}
	d.Marks = append(d.Marks, m)
}

// line draws a link between two marks of two rings.
func (d *Drawing) line(k Link, a, b Group, x1, y1, x2, y2 float64, ra, rb int) {
	l := Line{Kind: k.Kind, X1: int(math.Round(x1)), Y1: int(math.Round(y1)), X2: int(math.Round(x2)), Y2: int(math.Round(y2)), From: a.Name, To: b.Name}
	if k.From == b.ID { // as it is said: from whom it leads
		l.From, l.To = b.Name, a.Name
		x1, y1, x2, y2, rb = x2, y2, x1, y1, ra
	}
	if k.Kind != WorksWith {
		l.Tip = tip(x1, y1, x2, y2, rings[rb].r+2)
	}
	d.Lines = append(d.Lines, l)
}

// tip is the head of an arrow that ends short of a mark.
func tip(x1, y1, x2, y2, short float64) string {
	const long, half = 9, 5
	far := math.Hypot(x2-x1, y2-y1)
	if far == 0 {
		return ""
	}
	ux, uy := (x2-x1)/far, (y2-y1)/far
	px, py := x2-ux*short, y2-uy*short
	points := [][2]float64{{px, py}, {px - ux*long - uy*half, py - uy*long + ux*half}, {px - ux*long + uy*half, py - uy*long - ux*half}}
	var out []string
	for _, p := range points {
		out = append(out, strconv.FormatFloat(p[0], 'f', 1, 64)+","+strconv.FormatFloat(p[1], 'f', 1, 64))
	}
	return strings.Join(out, " ")
}

// label gives marks their names where there is room: the middle and the inner
// ring first. What has none is named in the list, and to whoever comes near.
func (d *Drawing) label() {
	var taken []box
	for _, m := range d.Marks {
		taken = append(taken, m.box)
	}
	for _, r := range rings {
		for i := range d.Marks {
			m := &d.Marks[i]
			if m.R != int(r.r) {
				continue
			}
			at, ok := d.room(m, taken, false)
			if !ok {
				at, ok = d.room(m, taken, true)
			}
			if ok {
				taken = append(taken, at)
				m.Label = short(m.Name)
				m.LX, m.LY = int(math.Round((at.x1+at.x2)/2)), int(math.Round(at.y2))-4
				continue
			}
			d.Unlabelled = true
		}
	}
	d.crop(taken)
}

// room finds a place for a name: below its mark, above it, or beside it, first
// on the side that looks out. Only where there is no other way do lines run
// behind it.
func (d *Drawing) room(m *Mark, taken []box, crossed bool) (box, bool) {
	const gap = 3
	w, h := long(short(m.Name)), float64(fontSize+4)
	x, y, r := float64(m.X), float64(m.Y), float64(m.R)+gap
	places := [][2]float64{{x, y + r + h/2}, {x, y - r - h/2}, {x + r + w/2, y}, {x - r - w/2, y}}
	if m.Y < 0 {
		places[0], places[1] = places[1], places[0]
	}
	if m.X < width/2 {
		places[2], places[3] = places[3], places[2]
	}
	for _, c := range places {
		at := box{c[0] - w/2, c[1] - h/2, c[0] + w/2, c[1] + h/2}
		if by := min(0, width-2-at.x2) + max(0, 2-at.x1); by != 0 && c[0] == x { // moved in from the edge
			at.x1, at.x2 = at.x1+by, at.x2+by
		}
		if at.x1 < 0 || at.x2 > width {
			continue
		}
		free := true
		for _, t := range taken {
			free = free && !at.meets(t)
		}
		for i := range d.Lines {
			free = free && (crossed || !d.Lines[i].runs(at))
		}
		if free {
			return at, true
		}
	}
	return box{}, false
}

// runs says whether a line runs through a box.
func (l *Line) runs(b box) bool {
	const steps = 40
	for i := range steps + 1 {
		t := float64(i) / steps
		x, y := float64(l.X1)+t*float64(l.X2-l.X1), float64(l.Y1)+t*float64(l.Y2-l.Y1)
		if x > b.x1 && x < b.x2 && y > b.y1 && y < b.y2 {
			return true
		}
	}
	return false
}

// crop leaves out what is empty above and below.
func (d *Drawing) crop(taken []box) {
	const margin = 10
	top, end := taken[0].y1, taken[0].y2
	for _, b := range taken {
		top, end = min(top, b.y1), max(end, b.y2)
	}
	d.Top = int(math.Floor(top)) - margin
	d.Height = int(math.Ceil(end)) + margin - d.Top
}

// short is a name as a mark bears it: whole words, as far as they go.
func short(name string) string {
	if utf8.RuneCountInString(name) <= mostLetter {
		return name
	}
	cut := string([]rune(name)[:mostLetter-1])
	if space := strings.LastIndexByte(cut, ' '); space > len(cut)/3 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " ,;:.،-") + "…"
}

// long is how wide a label may be at most. Nobody measures letters on a server:
// these are the widest of each kind, in bold.
func long(s string) (w float64) {
	for _, r := range s {
		switch {
		case r >= 0x1100 && (r < 0x1E00 || r > 0x2DFF): // Chinese, Japanese, Korean
			w += fontSize
		case strings.ContainsRune("MWmw@", r):
			w += .95 * fontSize
		case r >= 'A' && r <= 'Z':
			w += .72 * fontSize
		case strings.ContainsRune(" ijlI.,:;'’-", r):
			w += .34 * fontSize
		default:
			w += .62 * fontSize
		}
	}
	return w + 4
}

// box is the drawing's size as SVG says it.
func (d *Drawing) box() string {
	return "0 " + strconv.Itoa(d.Top) + " " + strconv.Itoa(width) + " " + strconv.Itoa(d.Height)
}

// dashes tell the kinds of line apart without a colour.
var dashes = map[Kind]string{PartOf: "", WorksWith: "2 5", GrewFrom: "10 5", CarriesOn: "12 4 2 4"}

// ring is how many groups of the first step are drawn.
func (d *Drawing) ring() (n int) {
	for _, m := range d.Marks {
		if m.R == int(rings[1].r) {
			n++
		}
	}
	return n
}

// to is where a mark leads: to that group's web, and from the middle to its
// page.
func (m *Mark) to() string {
	if m.Way == "" {
		return m.Path
	}
	return webPath(m.Group)
}
