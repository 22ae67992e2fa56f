package search

import (
	"hash/maphash"
	"strings"
)

// texts are many short texts in one.
type texts struct {
	all  string // four gigabytes at most
	ends []uint32
}

func pack(n int, text func(i int) string) texts {
	size := 0
	for i := range n {
		size += len(text(i))
	}
	var b strings.Builder
	b.Grow(size)
	t := texts{ends: make([]uint32, n)}
	for i := range n {
		b.WriteString(text(i))
		t.ends[i] = uint32(b.Len())
	}
	t.all = b.String()
	return t
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) at(i int) string {
	if i == 0 {
		return t.all[:t.ends[0]]
	}
	return t.all[t.ends[i-1]:t.ends[i]]
}

// keys finds a place by its key.
type keys struct {
	texts
	seed   maphash.Seed
	places map[uint64]uint32 // by the keys' hashes
}

func newKeys(all texts) keys {
	for {
		k := keys{all, maphash.MakeSeed(), make(map[uint64]uint32, all.len())}
		for i := range all.len() {
			k.places[maphash.String(k.seed, all.at(i))] = uint32(i)
		}
		if len(k.places) == all.len() {
			return k
		}
		// Two have one hash, once in millions of shelves: with another seed they
		// don't.
	}
}

func (k *keys) place(key string) (int, bool) {
	i, ok := k.places[maphash.String(k.seed, key)]
	return int(i), ok && k.texts.at(int(i)) == key
}
