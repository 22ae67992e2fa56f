package atlas

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/andybalholm/brotli"
)

// Topology is borders: lines that countries share, and which of them each is
// made of. It is TopoJSON's way to say it.
type Topology struct {
	Scale, Translate [2]float64   // from whole numbers to degrees: longitude, latitude
	Arcs             [][][2]int32 // lines, each step as the difference from the point before
	Countries        []Country
}

// Country is polygons, each an outer ring and its holes, each ring a chain of
// arcs by number; ^n is arc n backwards.
type Country struct {
	Code     string // ISO 3166-1 alpha-2; "" where it has none
	Polygons [][][]int32
}

const magic = "borders 1\n"

// Pack writes borders as [Open] reads them: the coarse ones and the fine ones.
func Pack(w io.Writer, coarse, fine *Topology) error {
	b := []byte(magic)
	for _, t := range []*Topology{coarse, fine} {
		for _, f := range []float64{t.Scale[0], t.Scale[1], t.Translate[0], t.Translate[1]} {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
		}
		b = binary.AppendUvarint(b, uint64(len(t.Arcs)))
		for _, arc := range t.Arcs {
			b = binary.AppendUvarint(b, uint64(len(arc)))
			for _, p := range arc {
				b = binary.AppendVarint(binary.AppendVarint(b, int64(p[0])), int64(p[1]))
			}
		}
		b = binary.AppendUvarint(b, uint64(len(t.Countries)))
		for _, c := range t.Countries {
			code := [2]byte{'-', '-'}
			copy(code[:], c.Code)
			b = binary.AppendUvarint(append(b, code[:]...), uint64(len(c.Polygons)))
			for _, rings := range c.Polygons {
				b = binary.AppendUvarint(b, uint64(len(rings)))
				for _, arcs := range rings {
					b = binary.AppendUvarint(b, uint64(len(arcs)))
					for _, a := range arcs {
						b = binary.AppendVarint(b, int64(a))
					}
				}
			}
		}
	}
	z := brotli.NewWriterLevel(w, brotli.BestCompression)
	if _, err := z.Write(b); err != nil {
		return err
	}
	return z.Close()
}

var errBroken = errors.New("atlas: the packed borders can't be read")

// read reads what Pack wrote.
func read(from io.Reader) (coarse, fine *Topology, err error) {
	all, err := io.ReadAll(io.LimitReader(brotli.NewReader(from), 16<<20))
	if err != nil {
		return nil, nil, fmt.Errorf("atlas: %w", err)
	}
	rest, ok := bytes.CutPrefix(all, []byte(magic))
	if !ok {
		return nil, nil, errBroken
	}
	in := &reader{r: bufio.NewReader(bytes.NewReader(rest))}
	coarse, fine = in.topology(), in.topology()
	return coarse, fine, in.err
}

// reader reads numbers, and remembers what went wrong first.
type reader struct {
	r   *bufio.Reader
	err error
}

// most is how many of anything there can be.
const most = 1 << 20

func (in *reader) count() int {
	if in.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(in.r)
	if err == nil && n > most {
		err = errBroken
	}
	if in.err = err; err != nil {
		return 0
	}
	return int(n)
}

func (in *reader) step() int32 {
	if in.err != nil {
		return 0
	}
	n, err := binary.ReadVarint(in.r)
	in.err = err
	return int32(n)
}

func (in *reader) float() float64 {
	var b [8]byte
	if in.err == nil {
		_, in.err = io.ReadFull(in.r, b[:])
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b[:]))
}

func (in *reader) topology() *Topology {
	t := &Topology{Scale: [2]float64{in.float(), in.float()}, Translate: [2]float64{in.float(), in.float()}}
	for range in.count() {
		arc := make([][2]int32, in.count())
		for i := range arc {
			arc[i] = [2]int32{in.step(), in.step()}
		}
		t.Arcs = append(t.Arcs, arc)
	}
	for range in.count() {
		var code [2]byte
		if in.err == nil {
			_, in.err = io.ReadFull(in.r, code[:])
		}
		c := Country{Code: string(code[:])}
		if c.Code == "--" {
			c.Code = ""
		}
		for range in.count() {
			rings := make([][]int32, in.count())
			for i := range rings {
				rings[i] = make([]int32, in.count())
				for j := range rings[i] {
					a := in.step()
					if n := max(a, ^a); in.err == nil && int(n) >= len(t.Arcs) {
						in.err = errBroken
					}
					rings[i][j] = a
				}
			}
			c.Polygons = append(c.Polygons, rings)
		}
		t.Countries = append(t.Countries, c)
	}
	return t
}
