package place

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"

	"withus.example/platform/globe"
	"withus.example/platform/search"
)

// The packed file is brotli over columns, in the order of folded names, the
// larger place first among equal ones: how many, the countries and divisions
// they name, then for each column all its values. A column of like values packs
// better than rows do. Names are cut where they differ from the one before.

const magic = "places 1\n"

// Pack writes towns as [New]'s gazetteers read them.
func Pack(w io.Writer, all []Place) error {
	type keyed struct {
		key string
		Place
	}
	rows := make([]keyed, len(all))
	for i, p := range all {
		rows[i] = keyed{fold(p.Name), p}
	}
	slices.SortFunc(rows, func(a, b keyed) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(b.Population, a.Population), cmp.Compare(a.ID, b.ID))
	})
	var regions []string // "GB ENG"
	for _, r := range rows {
		regions = append(regions, r.Country+" "+r.Admin)
	}
	slices.Sort(regions)
	regions = slices.Compact(regions)

	b := []byte(magic)
	b = binary.AppendUvarint(b, uint64(len(rows)))
	b = appendText(b, strings.Join(regions, "\n"))
	var cuts, names, at []byte
	before := ""
	for _, r := range rows {
		n := 0
		for n < min(len(before), len(r.Name), 255) && before[n] == r.Name[n] {
			n++
		}
		cuts = append(cuts, byte(n))
		names = append(append(names, r.Name[n:]...), '\n')
		before = r.Name
	}
	b = append(b, cuts...)
	b = appendText(b, string(names))
	column := func(get func(p *Place) uint64) {
		for i := range rows {
			b = binary.AppendUvarint(b, get(&rows[i].Place))
		}
	}
	column(func(p *Place) uint64 {
		i, _ := slices.BinarySearch(regions, p.Country+" "+p.Admin)
		return uint64(i)
	})
	column(func(p *Place) uint64 { return about(p.Population) })
	column(func(p *Place) uint64 {
		if p.Section {
			return 1
		}
		return 0
	})
	for _, r := range rows { // bytes of one weight stand together
		lat, lng := hundredths(r.Lat), hundredths(r.Lng)
		at = append(at, byte(lat>>8), byte(lng>>8))
	}
	for _, r := range rows {
		at = append(at, byte(hundredths(r.Lat)), byte(hundredths(r.Lng)))
	}
	b = append(b, at...)
	column(func(p *Place) uint64 { return uint64(p.ID) })
	z := brotli.NewWriterLevel(w, brotli.BestCompression)
	if _, err := z.Write(b); err != nil {
		return err
	}
	return z.Close()
}

func hundredths(deg float64) int16 { return int16(math.Round(deg * 100)) }

// about writes a population in one byte: its size in steps of a twelfth.
func about(n int) uint64 { return uint64(math.Round(math.Log(float64(max(1, n))) * 6)) }

func people(about uint64) int {
	n := math.Exp(float64(about) / 6)
	unit := math.Pow(10, math.Floor(math.Log10(n))-1)
	return int(math.Round(n/unit) * unit)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// towns are all towns in the order of their folded names, as columns: 100,000
// of them weigh a few megabytes.
type towns struct {
	regions []string // "GB ENG"
	names   string
	keys    string   // the folded names
	name    []uint32 // where each begins in names; one more than there are towns
	key     []uint32
	region  []uint16
	size    []uint8 // of the population, see about
	section []bool
	at      [][2]int16 // hundredths of degrees
	id      []uint32
	letters []uint32 // which letters the folded name has, see letters
	bones   []uint32 // which its consonants have

	once  sync.Once
	spots []uint64 // see spotKey

	onceLarge sync.Once
	large     []uint32 // the larger towns, by number
}

func (t *towns) len() int             { return len(t.id) }
func (t *towns) nameOf(i int) string  { return t.names[t.name[i]:t.name[i+1]] }
func (t *towns) keyOf(i int) string   { return t.keys[t.key[i]:t.key[i+1]] }
func (t *towns) country(i int) string { return t.regions[t.region[i]][:2] }
func (t *towns) admin(i int) string   { return t.regions[t.region[i]][3:] }
func (t *towns) point(i int) globe.Point {
	return globe.Point{Lat: float64(t.at[i][0]) / 100, Lng: float64(t.at[i][1]) / 100}
}

func (t *towns) place(i int) Place {
	return Place{ID: int(t.id[i]), Name: t.nameOf(i), Admin: t.admin(i), Country: t.country(i),
		Population: people(uint64(t.size[i])), Section: t.section[i], Point: t.point(i)}
}

// mostTowns and mostNames keep a broken file from taking all memory.
const (
	mostTowns = 1 << 20
	mostNames = 32 << 20
)

var errBroken = errors.New("place: the packed towns can't be read")

// read reads what Pack wrote.
func read(from io.Reader) (*towns, error) {
	var all bytes.Buffer
	all.Grow(6 << 20) // growing by and by would leave several times that behind
	if _, err := io.Copy(&all, io.LimitReader(brotli.NewReader(from), 64<<20)); err != nil {
		return nil, fmt.Errorf("place: %w", err)
	}
	rest, ok := bytes.CutPrefix(all.Bytes(), []byte(magic))
	if !ok {
		return nil, errBroken
	}
	in := &reader{r: bufio.NewReader(bytes.NewReader(rest))}
	n := in.number(mostTowns)
	t := &towns{regions: strings.Split(in.text(mostNames), "\n")}
	cuts := in.bytes(n)
	t.readNames(cuts, in.text(mostNames))
	t.region, t.size, t.section = make([]uint16, n), make([]uint8, n), make([]bool, n)
	t.at, t.id = make([][2]int16, n), make([]uint32, n)
	for i := range n {
		t.region[i] = uint16(in.number(len(t.regions)))
	}
	for i := range n {
		t.size[i] = uint8(in.number(255))
	}
	for i := range n {
		t.section[i] = in.number(2) == 1
	}
	high, low := in.bytes(2*n), in.bytes(2*n)
	for i := range n {
		for j := range 2 {
			t.at[i][j] = int16(uint16(high[2*i+j])<<8 | uint16(low[2*i+j]))
		}
	}
	for i := range n {
		t.id[i] = uint32(in.number(math.MaxInt32))
	}
	if in.err == nil && (n > 0 && (len(t.name) != n+1 || slices.ContainsFunc(t.regions, func(s string) bool { return len(s) < 3 }) || int(slices.Max(t.region)) >= len(t.regions))) {
		in.err = errBroken
	}
	if in.err != nil {
		return nil, in.err
	}
	t.fold()
	return t, nil
}

// readNames puts the names together again.
func (t *towns) readNames(cuts []byte, ends string) {
	var b strings.Builder
	before := ""
	t.name = append(t.name, 0)
	for i := 0; i < len(cuts); i++ {
		end, rest, ok := strings.Cut(ends, "\n")
		if !ok || int(cuts[i]) > len(before) {
			return
		}
		before, ends = before[:cuts[i]]+end, rest
		b.WriteString(before)
		t.name = append(t.name, uint32(b.Len()))
	}
	t.names = b.String()
}

// fold makes what towns are found by.
func (t *towns) fold() {
	n := t.len()
	var b strings.Builder
	b.Grow(len(t.names))
	t.key, t.letters, t.bones = make([]uint32, 0, n+1), make([]uint32, n), make([]uint32, n)
	t.key = append(t.key, 0)
	for i := range n {
		k := fold(t.nameOf(i))
		b.WriteString(k)
		t.key = append(t.key, uint32(b.Len()))
		t.letters[i], t.bones[i] = letters(k), letters(bones(k))
	}
	t.keys = b.String()
}

// fold is a name without case, accents and signs. Most names are plain letters,
// which takes a twentieth of the time.
func fold(name string) string {
	plain := true
	for i := 0; i < len(name) && plain; i++ {
		c := name[i]
		plain = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == ' '
	}
	if plain && !strings.Contains(name, "  ") {
		return strings.TrimSpace(strings.ToLower(name))
	}
	// An apostrophe or a mark of breathing is no gap between words.
	return strings.Join(search.Words(dropped.Replace(name)), " ")
}

var dropped = strings.NewReplacer("'", "", "’", "", "‘", "", "ʼ", "", "ʻ", "", "`", "", "ʿ", "", "ʾ", "", "ı", "i", "ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d", "ß", "ss", "æ", "ae", "Æ", "ae", "ħ", "h", "Ħ", "h", "ə", "a", "Ə", "a")

// reader reads numbers and texts, and remembers what went wrong first.
type reader struct {
	r   *bufio.Reader
	err error
}

// number is at most most; a larger one is a broken file.
func (in *reader) number(most int) int {
	if in.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(in.r)
	if err == nil && n > uint64(most) {
		err = errBroken
	}
	if in.err = err; err != nil {
		return 0
	}
	return int(n)
}

func (in *reader) text(most int) string { return string(in.bytes(in.number(most))) }

func (in *reader) bytes(n int) []byte {
	b := make([]byte, n)
	if in.err == nil {
		_, in.err = io.ReadFull(in.r, b)
	}
	return b
}
