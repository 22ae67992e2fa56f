package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
)

// Limit says how often something may be done.
type Limit struct {
	Name string // what is done: "sign-in.address"
	Most int
	Per  time.Duration
}

// LimitLife is how long any count is kept, at most.
const LimitLife = 7 * 24 * time.Hour

// Take counts one use by who, and is Limited once there were too many in the
// running period, which is up to a quarter, or an hour, longer than said. It stands in the
// database, where several servers share it; who is kept as a hash, and for no longer
// than the period, of which no moment can be told: two things done at once would lead
// from one to the other.
func (l Limit) Take(ctx context.Context, d *db.DB, who string, now time.Time) error {
	var n int
	step := min(l.Per/4, time.Hour)
	ends := now.Add(min(l.Per, LimitLife)).Truncate(step).Add(step)
	err := d.Write(db.Apart(ctx), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO web_limit (key, n, ends) VALUES ($1, 1, $2)
			ON CONFLICT (key) DO UPDATE SET
				n = CASE WHEN web_limit.ends <= $3 THEN 1 ELSE web_limit.n + 1 END,
				ends = CASE WHEN web_limit.ends <= $3 THEN excluded.ends ELSE web_limit.ends END
			RETURNING n, ends`, l.key(who), ends, now).Scan(&n, &ends)
	})
	if err != nil {
		return err
	}
	if n > l.Most {
		return &fault.Error{Kind: fault.Limited, After: ends.Sub(now)}
	}
	return nil
}

// Back takes one use by who back: it was no misuse after all.
func (l Limit) Back(ctx context.Context, d *db.DB, who string) error {
	return d.Write(db.Apart(ctx), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE web_limit SET n = n - 1 WHERE key = $1 AND n > 0`, l.key(who))
		return err
	})
}

func (l Limit) key(who string) string {
	sum := sha256.Sum256([]byte(l.Name + "\x00" + who))
	return hex.EncodeToString(sum[:16])
}

// Client is the address a request came from. What a forwarding header says
// counts only as far as it was written by proxies of ours.
func (r *Request) Client() string { return client(r.Request, r.s.Proxies) }

func client(r *http.Request, proxies []netip.Prefix) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && ours(ip, proxies); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = next.Unmap()
	}
	if ip.Is6() { // one household holds a whole /64
		p, _ := ip.Prefix(64)
		return p.String()
	}
	return ip.String()
}

func ours(ip netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
