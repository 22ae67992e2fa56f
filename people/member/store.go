package member

import (
	"cmp"
	"context"
	"errors"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
)

func insert(ctx context.Context, tx *db.Tx, a Account, p Persona) error {
	if _, err := tx.Exec(ctx, `INSERT INTO member_member (id, email, role, standing, lang, created, proven, country, does, own, renewed, login, login_key, here, role_since)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		a.ID, a.key(), string(a.Role), string(a.Standing), a.Lang, a.Created, a.Proven, a.Country, db.JSON(append([]string{}, a.Does...)), a.Own, cmp.Or(a.Renewed, db.Day(a.Created)), a.Login, a.loginKey(), a.Here, cmp.Or(a.RoleSince, db.Day(a.Created))); err != nil {
		return err
	}
	return insertPersona(ctx, tx, a.ID, p, a.Created, true)
}

const accountColumns = `m.id, m.email, m.role, m.standing, m.lang, m.created, m.proven, m.country, m.does, m.own, m.discreet, m.curtains, m.leaving, m.renewed, m.login, m.here, m.role_since`

func (a *Account) into() []any {
	return []any{&a.ID, &a.Email, &a.Role, &a.Standing, &a.Lang, &a.Created, &a.Proven, &a.Country, db.JSON(&a.Does), &a.Own, &a.Discreet, &a.Curtains, &a.Leaving, &a.Renewed, &a.Login, &a.Here, &a.RoleSince}
}

func readAccount(scan db.Scan) (a Account, err error) {
	err = scan(a.into()...)
	a.Email = reachable(a.Email)
	return a, db.Missing(err)
}

// byKey finds an account by a key, as keyOf makes it: the address, or the sign-in name.
func byKey(ctx context.Context, q db.Querier, key string) (Account, error) {
	if reachable(key) == "" {
		return db.One(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m WHERE m.login_key = $1 AND m.login_key <> ''`, key)
	}
	return db.One(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m WHERE m.email = $1`, key)
}

func byID(ctx context.Context, q db.Querier, id string) (Account, error) {
	return db.One(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m WHERE m.id = $1`, id)
}

func byPersona(ctx context.Context, q db.Querier, persona string) (Account, error) {
	return db.One(ctx, q, readAccount, `SELECT `+accountColumns+` FROM member_member m JOIN member_persona p ON p.owner_member_id = m.id WHERE p.id = $1`, persona)
}

// accountAndPersona gives an account with the persona it acts as, and whether
// its kind sees what is for members.
func accountAndPersona(ctx context.Context, q db.Querier, member string) (a Account, p Persona, sees bool, err error) {
	err = q.QueryRow(ctx, `SELECT `+accountColumns+`, p.id, p.name, p.words, p.pronouns, p.picture, p.seen, COALESCE(k.sees, TRUE) FROM member_member m
		JOIN member_persona p ON p.owner_member_id = m.id AND p.acting = TRUE LEFT JOIN member_kind k ON k.kind = m.role
		WHERE m.id = $1 ORDER BY p.created, p.id LIMIT 1`, member).
		Scan(append(a.into(), &p.ID, &p.Name, &p.Words, &p.Pronouns, &p.picture, &p.Seen, &sees)...)
	a.Email = reachable(a.Email)
	return a, p, sees, db.Missing(err)
}

func setRole(ctx context.Context, tx *db.Tx, member string, from, to access.Role, day time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE member_member SET role = $3, role_since = CASE WHEN role = $3 THEN role_since ELSE $4 END WHERE id = $1 AND role = $2`, member, string(from), string(to), day)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "")
	}
	return err
}

// setEmail gives an account an address, which it has beside its sign-in name if it
// has one; or a sign-in name in place of the address.
func setEmail(ctx context.Context, tx *db.Tx, member, before, after string) (int64, error) {
	is := keyOf(after)
	if reachable(is) == "" {
		return tx.Exec(ctx, `UPDATE member_member SET email = $3, login = $4, login_key = $3, proven = FALSE WHERE id = $1 AND email = $2`, member, keyOf(before), is, after)
	}
	return tx.Exec(ctx, `UPDATE member_member SET email = $3, proven = TRUE WHERE id = $1 AND email = $2`, member, keyOf(before), is)
}

func setWishes(ctx context.Context, tx *db.Tx, member string, discreet, curtains, here bool) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET discreet = $2, curtains = $3, here = $4 WHERE id = $1`, member, discreet, curtains, here)
	return err
}

func setAbout(ctx context.Context, tx *db.Tx, member string, a About) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET lang = $2, country = $3, does = $4, own = $5 WHERE id = $1`, member, a.Lang, a.Country, db.JSON(a.Does), a.Own)
	return err
}

func setLeaving(ctx context.Context, tx *db.Tx, member string, away bool) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET leaving = $2 WHERE id = $1`, member, away)
	return err
}

func setProven(ctx context.Context, tx *db.Tx, member string) error {
	_, err := tx.Exec(ctx, `UPDATE member_member SET proven = TRUE WHERE id = $1`, member)
	return err
}

// teamChanges keeps count of the network team in one row, whose conditional
// update is what stops two people from removing each other as the last two.
func teamChanges(ctx context.Context, tx *db.Tx, r access.Role, by int) error {
	if r != access.Team {
		return nil
	}
	tx.Changed("member") // a network without a team waits for its first one
	n, err := tx.Exec(ctx, `UPDATE member_team SET n = n + $1 WHERE n + $1 >= 1`, by)
	if err == nil && n == 0 {
		err = errLast
	}
	return err
}

// teamGone notes that nobody is on the team. The network waits for its first one
// again.
func teamGone(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE member_team SET n = 0`)
	return err
}

func teamSize(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT n FROM member_team`).Scan(&n)
	return n, err
}

// remove takes an account away, and the name of its owner from what they decided
// about others.
func remove(ctx context.Context, tx *db.Tx, member string, personas []string) error {
	answers := forgetAnswers(ctx, tx, personas)
	_, signs := tx.Exec(ctx, `DELETE FROM member_name WHERE holder_persona_id IN (SELECT id FROM member_persona WHERE owner_member_id = $1 AND hidden = TRUE)`, member)
	// To the month: names that rest until the same moment were one person's.
	y, m, _ := time.Now().Add(nameRests).UTC().Date()
	rests := restNames(ctx, tx, personas, "", time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC))
	_, err1 := tx.Exec(ctx, `UPDATE member_application SET decider_persona_id = '' WHERE decider_persona_id IN ($1)`, personas)
	_, err2 := tx.Exec(ctx, `DELETE FROM member_application WHERE owner_member_id = $1`, member)
	err5 := errors.Join(putAsked(ctx, tx, member, nil), dropRoleWishes(ctx, tx, member, personas))
	_, err6 := tx.Exec(ctx, `DELETE FROM member_message WHERE owner_member_id = $1`, member)
	_, err3 := tx.Exec(ctx, `DELETE FROM member_persona WHERE owner_member_id = $1`, member)
	_, err4 := tx.Exec(ctx, `DELETE FROM member_member WHERE id = $1`, member)
	return errors.Join(signs, answers, rests, err1, err2, err3, err4, err5, err6)
}

// bulk is insert for many at once, for example people.
func bulk(ctx context.Context, d *db.DB, as []Account, ps []Persona, now time.Time) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i := range as {
			as[i].Created = cmp.Or(as[i].Created, now)
			if err := insert(ctx, tx, as[i], ps[i]); err != nil {
				return err
			}
			if _, err := holdName(ctx, tx, likeness(ps[i].Name), ps[i].ID, now); err != nil {
				return err
			}
			if err := teamChanges(ctx, tx, as[i].Role, +1); err != nil {
				return err
			}
		}
		return nil
	})
}

func count(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM member_member`).Scan(&n)
	return n, err
}
