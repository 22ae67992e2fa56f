package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	neturl "net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

func openPostgres(ctx context.Context, url string) (*DB, error) {
	if !strings.Contains(url, "application_name="+successorName) {
		url = with(url, "application_name", serverName)
	}
	p, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	n := max(8, 4*runtime.NumCPU())
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
	p.SetConnMaxIdleTime(5 * time.Minute)
	if err := noSuccessor(ctx, p); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return &DB{Dialect: Postgres, read: p, write: p}, nil
}

func connect(ctx context.Context, url string) (*sql.DB, error) {
	p, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("the database URL can't be read: %w", err)
	}
	if err := p.PingContext(ctx); err != nil {
		p.Close()
		return nil, fmt.Errorf("the database does not answer: %w", err)
	}
	return p, nil
}

// with says something in a database URL, in the place of what it said of that
// before. One that can't be read stays as it is: the driver says so.
func with(url, name, value string) string {
	u, err := neturl.Parse(url)
	if err != nil {
		return url
	}
	// Not written anew by url.Values: it makes a + of a space, and pgx a + of that.
	rest := slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(s string) bool { return s == "" || strings.HasPrefix(s, name+"=") })
	u.RawQuery = strings.Join(append(rest, name+"="+value), "&")
	return u.String()
}

// noSuccessor refuses to open a network while its successor is made, and takes
// away what is left of one whose maker died.
func noSuccessor(ctx context.Context, p *sql.DB) error {
	var self bool
	if err := p.QueryRowContext(ctx, `SELECT current_setting('application_name') = '`+successorName+`'`).Scan(&self); err != nil || self {
		return err
	}
	free, err := away(ctx, p, successorName)
	if err == nil && !free {
		err = ErrReplacing
	}
	var left bool
	if err == nil {
		err = p.QueryRowContext(ctx, `SELECT to_regnamespace('`+besideName+`') IS NOT NULL`).Scan(&left)
	}
	if err == nil && left {
		_, err = p.ExecContext(ctx, `DROP SCHEMA IF EXISTS `+besideName+` CASCADE`)
	}
	return err
}
