package search

import (
	"iter"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// set is a set of places on a shelf.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// and keeps of s what o holds too; or adds what o holds. A nil o is empty.
func (s set) and(o set) {
	for i := range s {
		if o == nil {
			s[i] = 0
		} else {
			s[i] &= o[i]
		}
	}
}

func (s set) without(o set) {
	for i := range o {
		s[i] &^= o[i]
	}
}

func (s set) or(o set) {
	for i := range o {
		s[i] |= o[i]
	}
}

func (s set) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// common is how many both hold.
func (s set) common(o set) (n int) {
	s = s[:len(o)]
	i := 0
	for ; i+4 <= len(o); i += 4 { // four at once, in half the time
		a, b := s[i:i+4:i+4], o[i:i+4:i+4]
		n += bits.OnesCount64(a[0]&b[0]) + bits.OnesCount64(a[1]&b[1]) + bits.OnesCount64(a[2]&b[2]) + bits.OnesCount64(a[3]&b[3])
	}
	for ; i < len(o); i++ {
		n += bits.OnesCount64(s[i] & o[i])
	}
	return n
}

// members are all of them, upwards.
func (s set) members() iter.Seq[int] {
	return func(yield func(int) bool) {
		for w, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(w*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// from gives up to most members from place i on, upwards.
func (s set) from(i, most int) (out []int) {
	for w := i / 64; w < len(s) && len(out) < most; w++ {
		word := s[w]
		if w == i/64 {
			word &= ^uint64(0) << (i % 64)
		}
		for ; word != 0 && len(out) < most; word &= word - 1 {
			out = append(out, w*64+bits.TrailingZeros64(word))
		}
	}
	return out
}

// before gives up to most members below place i, downwards.
func (s set) before(i, most int) (out []int) {
	for w := (i - 1) / 64; i > 0 && w >= 0 && len(out) < most; w-- {
		word := s[w]
		if w == (i-1)/64 && i%64 != 0 {
			word &= 1<<(i%64) - 1
		}
		for word != 0 && len(out) < most {
			top := 63 - bits.LeadingZeros64(word)
			out = append(out, w*64+top)
			word &^= 1 << top
		}
	}
	return out
}

// some are up to most members by chance, in the order of chance.
func (s set) some(most int, r *rand.Rand) (out []int) {
	n := s.count()
	var chosen []int // by how many members come before
	for len(chosen) < min(most, n) {
		if i := r.IntN(n); !slices.Contains(chosen, i) {
			chosen = append(chosen, i)
		}
	}
	for _, before := range chosen {
		w := 0
		for ; before >= bits.OnesCount64(s[w]); w++ {
			before -= bits.OnesCount64(s[w])
		}
		word := s[w]
		for ; before > 0; before-- {
			word &= word - 1
		}
		out = append(out, w*64+bits.TrailingZeros64(word))
	}
	return out
}
