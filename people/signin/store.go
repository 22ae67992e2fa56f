package signin

import (
	"context"
	"errors"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

func insertSession(ctx context.Context, tx *db.Tx, key string, of half, now time.Time) error {
	ends := today(now).Add(sessionLife)
	if of.Short {
		ends = now.Add(shortLife)
	}
	_, err := tx.Exec(ctx, `INSERT INTO signin_session (key, owner_member_id, device, day, ends, fresh, short) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		key, of.Member, of.Device, today(now), ends, now.Add(freshLife), of.Short)
	if err == nil {
		_, err = stopLost(ctx, tx, of.Member, bySigningIn, now) // whoever gets in has not lost everything
	}
	return err
}

// today is a time without its hours: when exactly somebody came is not kept.
func today(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }

// standing is a session that stands.
type standing struct {
	member string
	day    time.Time
	second bool // its owner has a second step
}

func session(ctx context.Context, q db.Querier, key string, now time.Time) (x standing, err error) {
	err = q.QueryRow(ctx, `SELECT s.owner_member_id, s.day, CASE WHEN t.owner_member_id IS NULL THEN FALSE ELSE TRUE END
		FROM signin_session s LEFT JOIN signin_second t ON t.owner_member_id = s.owner_member_id
		WHERE s.key = $1 AND s.ends > $2`, key, now).Scan(&x.member, &x.day, &x.second)
	return x, err
}

// freshUntil is until when the owner of a session counts as just signed in.
func freshUntil(ctx context.Context, q db.Querier, key string) (t time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT fresh FROM signin_session WHERE key = $1`, key).Scan(&t)
	return t, db.Missing(err)
}

func secondOf(ctx context.Context, q db.Querier, member string) (x second, has bool, err error) {
	err = q.QueryRow(ctx, `SELECT secret, step FROM signin_second WHERE owner_member_id = $1`, member).Scan(&x.secret, &x.step)
	if errors.Is(err, db.ErrNone) {
		return x, false, nil
	}
	return x, err == nil, err
}

func putSecond(ctx context.Context, tx *db.Tx, member string, x second, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_second (owner_member_id, secret, step, day) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner_member_id) DO UPDATE SET secret = excluded.secret, step = excluded.step, day = excluded.day`, member, x.secret, x.step, day)
	return err
}

// useStep marks a step as used, and says whether neither it nor a later one was.
func useStep(ctx context.Context, tx *db.Tx, member, secret string, step int64) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE signin_second SET step = $2 WHERE owner_member_id = $1 AND step < $2 AND secret = $3`, member, step, secret)
	return n > 0, err
}

// putPaper keeps codes that open something, in place of those before.
func putPaper(ctx context.Context, tx *db.Tx, member, opens string, codes []string) error {
	if err := dropPaper(ctx, tx, member, opens); err != nil {
		return err
	}
	for _, c := range codes {
		if _, err := tx.Exec(ctx, `INSERT INTO signin_recovery (owner_member_id, hash, opens) VALUES ($1, $2, $3)`, member, id.Hash(c), opens); err != nil {
			return err
		}
	}
	return nil
}

// usePaper takes a code on paper away, and says whether there was such a one.
func usePaper(ctx context.Context, tx *db.Tx, member, opens, hash string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM signin_recovery WHERE owner_member_id = $1 AND hash = $2 AND opens = $3`, member, hash, opens)
	return n > 0, err
}

func paperLeft(ctx context.Context, q db.Querier, member, opens string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM signin_recovery WHERE owner_member_id = $1 AND opens = $2`, member, opens).Scan(&n)
	return n, err
}

func dropPaper(ctx context.Context, tx *db.Tx, member, opens string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_recovery WHERE owner_member_id = $1 AND opens = $2`, member, opens)
	return err
}

func dropSecond(ctx context.Context, tx *db.Tx, member string) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM signin_second WHERE owner_member_id = $1`, member)
	return errors.Join(err1, dropPaper(ctx, tx, member, opensSecond))
}

func usedToday(ctx context.Context, tx *db.Tx, key string, today time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signin_session SET day = $2, ends = $3 WHERE key = $1 AND short = FALSE`, key, today, today.Add(sessionLife))
	return err
}

func sessions(ctx context.Context, q db.Querier, member, here string, now time.Time) ([]Session, error) {
	return db.All(ctx, q, func(scan db.Scan) (s Session, err error) {
		err = scan(&s.Key, &s.Device, &s.Day)
		s.Here = s.Key == here
		return s, err
	}, `SELECT key, device, day FROM signin_session WHERE owner_member_id = $1 AND ends > $2
		ORDER BY CASE WHEN key = $3 THEN 0 ELSE 1 END, day DESC, key`, member, now, here)
}

func endSession(ctx context.Context, tx *db.Tx, member, key string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM signin_session WHERE owner_member_id = $1 AND key = $2`, member, key)
}

func endOthers(ctx context.Context, tx *db.Tx, member, here string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_session WHERE owner_member_id = $1 AND key <> $2`, member, here)
	return err
}

func insertLink(ctx context.Context, tx *db.Tx, key, member, next string, ends time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_link (key, owner_member_id, next, ends) VALUES ($1, $2, $3, $4)`, key, member, next, ends)
	return err
}

var errDead = fault.New(fault.NotFound, "signin.link.dead")

// linkOwner is whose link it is.
func linkOwner(ctx context.Context, q db.Querier, key string) (string, error) {
	member, err := db.One(ctx, q, db.Text, `SELECT owner_member_id FROM signin_link WHERE key = $1`, key)
	if errors.Is(err, db.ErrNone) {
		err = errDead
	}
	return member, err
}

// spendLink takes a link that still holds, so that nobody else can.
func spendLink(ctx context.Context, tx *db.Tx, key string, now time.Time) (member, next string, err error) {
	err = tx.QueryRow(ctx, `DELETE FROM signin_link WHERE key = $1 AND ends > $2 RETURNING owner_member_id, next`, key, now).Scan(&member, &next)
	if errors.Is(err, db.ErrNone) {
		err = errDead
	}
	return member, next, err
}

func dropLink(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_link WHERE key = $1`, key)
	return err
}

func openLinks(ctx context.Context, q db.Querier, member string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM signin_link WHERE owner_member_id = $1`, member).Scan(&n)
	return n, err
}

func dropLinks(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_link WHERE owner_member_id = $1`, member)
	return err
}

// endAllSessions ends those of everybody that go on.
func endAllSessions(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_session WHERE ends > $1`, now)
	return err
}

// dropAllLinks drops those of everybody that somebody may still follow.
func dropAllLinks(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_link WHERE ends > $1`, now)
	return err
}

// passwordOf is what a password is kept as; empty where there is none.
func passwordOf(ctx context.Context, q db.Querier, member string) (string, error) {
	sealed, err := db.One(ctx, q, db.Text, `SELECT sealed FROM signin_password WHERE owner_member_id = $1`, member)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return sealed, err
}

func setPassword(ctx context.Context, tx *db.Tx, member, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_password (owner_member_id, sealed) VALUES ($1, $2)
		ON CONFLICT (owner_member_id) DO UPDATE SET sealed = excluded.sealed`, member, sealed)
	return err
}

func dropPassword(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_password WHERE owner_member_id = $1`, member)
	return err
}

// passwordStands says whether a password is still kept as it was, and holds it
// so until the transaction ends.
func passwordStands(ctx context.Context, tx *db.Tx, member, sealed string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE signin_password SET sealed = $2 WHERE owner_member_id = $1 AND sealed = $2`, member, sealed)
	return n > 0, err
}

func dropExpired(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM signin_session WHERE ends <= $1`, now)
	_, err2 := tx.Exec(ctx, `DELETE FROM signin_link WHERE ends <= $1`, now)
	_, err3 := tx.Exec(ctx, `DELETE FROM signin_moved WHERE until <= $1`, now)
	return errors.Join(err1, err2, err3)
}

func forget(ctx context.Context, tx *db.Tx, member string) error {
	// Sessions last: the turn waits for whoever is just opening one.
	err := errors.Join(turn(ctx, tx, member), dropPassword(ctx, tx, member), dropLinks(ctx, tx, member), dropSecond(ctx, tx, member), dropPaper(ctx, tx, member, opensAccount), dropPasskeys(ctx, tx, member), dropMoved(ctx, tx, member))
	_, err1 := tx.Exec(ctx, `DELETE FROM signin_session WHERE owner_member_id = $1`, member)
	_, err2 := tx.Exec(ctx, `DELETE FROM signin_turn WHERE key = $1`, turnKey(member))
	return errors.Join(err, err1, err2)
}

func insertPasskey(ctx context.Context, tx *db.Tx, member, credential, public string, uses int64, device string, day time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_passkey (id, owner_member_id, public, uses, device, day) VALUES ($1, $2, $3, $4, $5, $6)`,
		credential, member, public, uses, device, day)
	return err
}

// passkeyOf reads a passkey once it is its owner's turn.
func passkeyOf(ctx context.Context, tx *db.Tx, credential string) (member, public string, uses int64, err error) {
	member, err = db.One(ctx, tx, db.Text, `SELECT owner_member_id FROM signin_passkey WHERE id = $1`, credential)
	if err == nil {
		err = turn(ctx, tx, member)
	}
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT public, uses FROM signin_passkey WHERE id = $1`, credential).Scan(&public, &uses)
	}
	if errors.Is(err, db.ErrNone) {
		err = passkeyFault("nobody's here")
	}
	return member, public, uses, err
}

func usedPasskey(ctx context.Context, tx *db.Tx, credential string, uses int64) error {
	_, err := tx.Exec(ctx, `UPDATE signin_passkey SET uses = $2 WHERE id = $1`, credential, uses)
	return err
}

func passkeys(ctx context.Context, q db.Querier, member string) ([]Passkey, error) {
	return db.All(ctx, q, func(scan db.Scan) (x Passkey, err error) {
		err = scan(&x.ID, &x.Device, &x.Day)
		return x, err
	}, `SELECT id, device, day FROM signin_passkey WHERE owner_member_id = $1 ORDER BY day, id`, member)
}

func dropPasskey(ctx context.Context, tx *db.Tx, member, credential string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM signin_passkey WHERE owner_member_id = $1 AND id = $2`, member, credential)
}

func dropPasskeys(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_passkey WHERE owner_member_id = $1`, member)
	return err
}

// turn has transactions that open or shut the doors of an account wait for each
// other. It comes before they touch anything else of the account, so that they
// never wait for each other in a circle.
func turn(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_turn (key, n) VALUES ($1, 0) ON CONFLICT (key) DO UPDATE SET n = signin_turn.n + 1`, turnKey(member))
	return err
}

func turnKey(member string) string { return id.Hash("signin turn " + member) }

// standsStill says whether a session stands, and holds it so until the
// transaction ends.
func standsStill(ctx context.Context, tx *db.Tx, key string, now time.Time) error {
	_, err := db.One(ctx, tx, db.Text, `SELECT key FROM signin_session WHERE key = $1 AND ends > $2`+tx.ForUpdate(), key, now)
	return db.Missing(err)
}

// movedUntil is until when a change of address can be taken back; zero if none
// can.
func movedUntil(ctx context.Context, q db.Querier, member string, now time.Time) (until time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT until FROM signin_moved WHERE owner_member_id = $1 AND until > $2`, member, now).Scan(&until)
	if errors.Is(err, db.ErrNone) {
		return time.Time{}, nil
	}
	return until, err
}

func setMoved(ctx context.Context, tx *db.Tx, member string, until time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_moved (owner_member_id, until) VALUES ($1, $2) ON CONFLICT (owner_member_id) DO UPDATE SET until = excluded.until`, member, until)
	return err
}

func dropMoved(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_moved WHERE owner_member_id = $1`, member)
	return err
}
