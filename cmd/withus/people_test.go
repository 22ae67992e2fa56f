package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"withus.example/app"
	"withus.example/platform/conf"
	"withus.example/platform/db/dbtest"
)

// empty is a network nobody is in yet.
var empty = dbtest.Template{Name: "command_empty", Make: func(ctx context.Context, at dbtest.Place) error {
	a, err := open(ctx, conf.Store{Data: at.Dir, Database: at.URL, Erased: os.TempDir()})
	if err != nil {
		return err
	}
	return a.Close()
}}

// networks runs a test with a network of its own on each engine; do is a
// command about it.
func networks(t *testing.T, fn func(t *testing.T, do func(args ...string) (string, error), look func(func(*app.App)))) {
	t.Helper()
	dbtest.From(t, empty, func(t *testing.T, at dbtest.Place) {
		ledger := t.TempDir()
		do := func(args ...string) (string, error) {
			var out bytes.Buffer
			args = append(args, "--data="+at.Dir, "--erased="+ledger)
			if at.URL != "" {
				args = append(args, "--database="+at.URL)
			}
			err := run(t.Context(), args, &out)
			if err != nil {
				err = errors.New(say(err))
			}
			return out.String(), err
		}
		look := func(fn func(*app.App)) {
			a, err := open(t.Context(), conf.Store{Data: at.Dir, Database: at.URL, Erased: ledger})
			if err != nil {
				t.Fatal(err)
			}
			fn(a)
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
		fn(t, do, look)
	})
}

func TestMember(t *testing.T) {
	networks(t, func(t *testing.T, do func(...string) (string, error), look func(func(*app.App))) {
		says := func(want string, args ...string) {
			t.Helper()
			out, err := do(args...)
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("%q: %q, %v", args, out, err)
			}
		}
		refuses := func(want string, args ...string) {
			t.Helper()
			out, err := do(args...)
			if err == nil || !strings.Contains(err.Error(), want) || out != "" || goWords.MatchString(err.Error()) {
				t.Errorf("%q: %q, %v; want %q", args, out, err, want)
			}
		}
		says("Added Ana, ana@withus.example, as team.", "member", "add", "Ana@Withus.example", "--name=Ana", "--role=team")
		says("Added Ben, ben@withus.example, as member.", "member", "add", "ben@withus.example", "--name= Ben\u202e ", "--language=es")
		refuses("There is an account with this address already.", "member", "add", "ANA@withus.example", "--name=Other")
		refuses("Write an email address", "member", "add", "ana@", "--name=Other")
		refuses("This is too long", "member", "add", "long@withus.example", "--name="+strings.Repeat("x", 61))
		refuses("language", "member", "add", "lang@withus.example", "--name=Other", "--language=nonsense")

		refuses("This is the last person on the network team", "member", "role", "ana@withus.example", "member")
		refuses("This is the last person on the network team", "member", "erase", "ana@withus.example", "--yes")
		says("ben@withus.example is team now.", "member", "role", "ben@withus.example", "team")
		says("ana@withus.example is moderator now.", "member", "role", "ana@withus.example", "moderator")
		refuses("there is none like this", "member", "role", "eve@withus.example", "team")
		refuses("must be one of", "member", "role", "ana@withus.example", "boss")

		out, err := do("member", "export", "BEN@withus.example")
		var all map[string]map[string][]map[string]any
		if err != nil || json.Unmarshal([]byte(out), &all) != nil {
			t.Fatalf("%s, %v", out, err)
		}
		if me := all["member"]["account"][0]; me["email"] != "ben@withus.example" || me["role"] != "team" || all["signin"]["doors"][0]["password"] != false || strings.Contains(out, "ana@") {
			t.Error(out)
		}
		if out, err = do("member", "export", "ben@withus.example"); err != nil || !strings.Contains(out, `"what": "copy"`) {
			t.Errorf("somebody looked, and it is not said: %s, %v", out, err)
		}
		refuses("there is none like this", "member", "export", "eve@withus.example")

		refuses("--yes", "member", "erase", "ana@withus.example")
		look(func(a *app.App) {
			if _, err := a.Members.ByEmail(t.Context(), "ana@withus.example"); err != nil {
				t.Error("she was erased without a yes:", err)
			}
		})
		says("Erased.", "member", "erase", "ana@withus.example", "--yes")
		refuses("there is none like this", "member", "erase", "ana@withus.example", "--yes")
		refuses("there is none like this", "member", "export", "ana@withus.example")
		says("Nothing was given up.", "jobs", "list")
		// Her address is free at once; her name rests, so that nobody is taken for her.
		refuses("until lately", "member", "add", "ana@withus.example", "--name=Ana")
		says("Added Bea", "member", "add", "ana@withus.example", "--name=Bea")
	})
}

// The network's name in the environment is not a person's: what belongs to one
// command is no setting.
func TestSettingsNameNobody(t *testing.T) {
	t.Setenv("WITHUS_NAME", "Our network")
	t.Setenv("WITHUS_ROLE", "team")
	t.Setenv("WITHUS_YES", "true")
	networks(t, func(t *testing.T, do func(...string) (string, error), look func(func(*app.App))) {
		if _, err := do("member", "add", "ana@withus.example"); err == nil {
			t.Error("she was called what the network is called")
		}
		if out, err := do("member", "add", "ana@withus.example", "--name=Ana"); err != nil || !strings.Contains(out, "as member.") {
			t.Errorf("she came in as more: %s, %v", out, err)
		}
		if _, err := do("member", "erase", "ana@withus.example"); err == nil {
			t.Error("the environment said yes")
		}
	})
}
