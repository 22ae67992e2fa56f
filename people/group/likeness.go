package group

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"withus.example/platform/db"
	"withus.example/platform/job"
)

// Which groups may be one and the same. Every group has keys it is told by, the
// same as an import goes by, and where it is reached; two that share one are
// compared, and what may be one is kept as a pair for the network team. A group
// that changed is gone through anew some minutes later: writing a page costs
// nothing for it, and a hundred thousand groups cost their keys once.

// likening is how often the groups that changed are gone through.
var likening = job.Schedule{Name: "group.likening", Every: 10 * time.Minute}

const (
	likenBatch = 100
	// mostAlike is how many groups may share a key before it says nothing: the
	// number of a national line is on the pages of all its branches.
	mostAlike = 12
)

// likenesses are why two groups may be one, the surest first. A pair keeps the
// number of its reason; the team may also bring two together by hand.
var likenesses = []string{"register", "here", "name", "near", "website", "phone", "hand"}

// byHand is the place of the last of them.
const byHand = 6

// traits are what a group is told by when it is compared with others.
type traits struct {
	*knownGroup
	merged   bool
	revision int
	reached  [2]string // keys of its website and phone
}

func newTraits(g *Group) *traits {
	m := &traits{knownGroup: newKnownGroup(g), merged: g.merged, revision: g.Revision, reached: [2]string{websiteKey(g.Website), phoneKey(g.Phone)}}
	for _, k := range m.reached {
		if k != "" {
			m.keys = append(m.keys, k)
		}
	}
	return m
}

// shared are hosts that stand for nobody: there a page is told by its path.
var shared = strings.Fields("facebook.com instagram.com twitter.com x.com youtube.com linktr.ee meetup.com sites.google.com t.me wa.me chat.whatsapp.com bit.ly")

// websiteKey is the host of a website, "" if there is none.
func websiteKey(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	host := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), "m.")
	if slices.Contains(shared, host) {
		host += strings.TrimRight(u.Path, "/")
	}
	return "u " + host
}

// phoneKey is the end of a number, which is the same with the code of the
// country before it and without; "" for what is too short to tell anybody by.
func phoneKey(number string) string {
	var digits []rune
	for _, r := range number {
		if unicode.IsDigit(r) {
			digits = append(digits, r)
		}
	}
	if len(digits) < 7 {
		return ""
	}
	return "f " + string(digits[max(0, len(digits)-9):])
}

// asks are the keys under which others are looked for: its own, and those of a
// name that is one letter shorter or longer.
func (m *traits) asks() []string {
	out := slices.Clone(m.keys)
	for _, n := range m.names {
		b := m.bare(n)
		out = append(out, m.halves(b, len(b)-1)...)
		out = append(out, m.halves(b, len(b)+1)...)
	}
	return out
}

// like says why two groups may be one, as the place of the reason among
// likenesses; -1: nothing says so.
func (m *traits) like(o *traits) int {
	if slices.ContainsFunc(m.registers, func(r Register) bool { return slices.Contains(o.registers, r) }) {
		return 0
	}
	if m.toldApart(o.knownGroup) || !m.sameCountry(o.knownGroup) {
		return -1
	}
	any := func(same func(a, b string) bool) bool {
		return slices.ContainsFunc(m.names, func(a string) bool {
			return slices.ContainsFunc(o.names, func(b string) bool { return same(a, b) })
		})
	}
	switch {
	case m.names[0] == o.names[0] && m.samePlace(o.knownGroup):
		return 1
	case any(func(a, b string) bool { return a == b }):
		return 2
	case m.place == o.place && any(func(a, b string) bool { return near(m.bare(a), o.bare(b)) }):
		return 3
	case m.reached[0] != "" && m.reached[0] == o.reached[0]:
		return 4
	case m.reached[1] != "" && m.reached[1] == o.reached[1]:
		return 5
	}
	return -1
}

// told is what two groups are called and where, in one short word: whoever said
// that they are two said it of this.
func told(a, b *traits) string {
	if b.id < a.id {
		a, b = b, a
	}
	sum := sha256.New()
	for _, m := range []*traits{a, b} {
		for _, s := range append([]string{m.place, m.country}, m.names...) {
			sum.Write([]byte(s + "\x00"))
		}
		sum.Write([]byte{1})
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// Liken goes through the groups that changed since they were last compared.
func (s *Service) Liken(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = liken(ctx, tx)
			return err
		})
		if err != nil || n < likenBatch {
			return err
		}
	}
}

// liken goes through some of them, and says how many.
func liken(ctx context.Context, tx *db.Tx) (int, error) {
	fresh, err := unlikened(ctx, tx, likenBatch)
	if err != nil || len(fresh) == 0 {
		return len(fresh), err
	}
	known, ids := map[string]*traits{}, []string{}
	asked := map[string][]string{} // by key: who asks
	for _, m := range fresh {
		known[m.id] = m
		ids = append(ids, m.id)
		if !m.merged {
			for _, k := range m.asks() {
				asked[k] = append(asked[k], m.id)
			}
		}
	}
	if err := putKeys(ctx, tx, fresh); err != nil {
		return 0, err
	}
	met, err := sharers(ctx, tx, asked)
	if err != nil {
		return 0, err
	}
	was, err := pairsOf(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	for p := range was {
		met[p] = true
	}
	if err := loadTraits(ctx, tx, met, known); err != nil {
		return 0, err
	}
	for p := range met {
		a, b := known[p.one], known[p.two]
		if a == nil || b == nil || a.merged || b.merged {
			continue
		}
		if err := settle(ctx, tx, p, a.like(b), was[p], told(a, b)); err != nil {
			return 0, err
		}
	}
	return len(fresh), setLikened(ctx, tx, fresh)
}

// settle writes what is known of a pair now. What was said of it stands as long
// as neither has another name or place.
func settle(ctx context.Context, tx *db.Tx, p pairKey, why int, was *pair, now string) error {
	said := was != nil && was.apart != "" && was.said == now
	switch {
	case said, was != nil && why == was.why && was.apart == "":
		return nil
	case why >= 0:
		return putPair(ctx, tx, p, pair{why: why})
	case was != nil:
		return dropPair(ctx, tx, p)
	}
	return nil
}
