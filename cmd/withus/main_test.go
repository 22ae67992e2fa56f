package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"withus.example/platform/conf"
)

// TestMain lets the test binary be the command, for what ends a process.
func TestMain(m *testing.M) {
	if helped() {
		return
	}
	if os.Getenv("WITHUS_TEST_IS_COMMAND") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command runs withus as a process of its own.
func command(t *testing.T, env []string, args ...string) (out, errs string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, self, args...)
	c.Dir = t.TempDir()
	c.Env = append(clean(), append(env, "WITHUS_TEST_IS_COMMAND=1")...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	if err := c.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatal(err)
		}
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// clean is the environment without settings.
func clean() (out []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "WITHUS_") {
			out = append(out, v)
		}
	}
	return out
}

// try runs a command that ought to be refused, and gives what it says. One that
// is not would serve for ever, and is called off.
func try(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out := &until{what: "Open http", end: cancel}
	if err := run(ctx, args, out); err != nil {
		return say(err)
	}
	return "taken: " + out.String()
}

var goWords = regexp.MustCompile(`goroutine \d|panic:|\.go:\d|0x[0-9a-f]{6}|&\{|<nil>|%!|SQLITE|SQLSTATE`)

// plainly fails the test unless an error is a sentence for whoever typed.
func plainly(t *testing.T, errs string, code int) {
	t.Helper()
	if code != 1 || !strings.HasPrefix(errs, "withus: ") || len(errs) < 20 || goWords.MatchString(errs) {
		t.Errorf("exit code %d, and it says: %s", code, errs)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// settings are all settings of serve, by their one name.
func settings() (out []string) {
	c, _ := choose(commands(), []string{"serve"})
	return c.flags().Settings()
}

// A setting means the same on the command line, in the environment and in a
// file; it is refused in the same words, and the nearest one counts.
func TestSettings(t *testing.T) {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "WITHUS_") && name != "WITHUS_TEST_POSTGRES" {
			t.Setenv(name, "") // gone again after the test
			os.Unsetenv(name)
		}
	}
	covered := map[string]bool{}
	for _, c := range []struct{ name, bad, says string }{
		{"data", "/dev/null/x", "the data folder can't be made"},
		{"media", "/dev/null/x", "the folder for pictures can't be made"},
		{"erased", "./erased", "outside the data folder"},
		{"database", "mysql://x", "must be a postgres:// URL"},
		{"name", "a\tb\nc", "name must be one line"},
		{"primary", "#ffffff", "#ffffff"},
		{"accent", "#000000", "#000000"},
		{"languages", "en,no language", "does not speak"},
		{"leave", "javascript:alert(1)", "leave"},
		{"addr", "nowhere", "addr"},
		{"url", "http://network.example", "is not safe"},
		{"proxies", "10.0.0.1", "is no address range"},
		{"metrics", "0.0.0.0:9", "could be read by anyone"},
		{"page-cache", "9999", "is not between 0 and 4096"},
		{"mail", "smtp://u:p@h:587", "mail-from is missing"},
		{"mail-from", "nobody", "mail"},
	} {
		covered[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			env := "WITHUS_" + strings.ToUpper(strings.ReplaceAll(c.name, "-", "_"))
			base := []string{"serve", "--addr=127.0.0.1:0", "--data=" + t.TempDir()}
			if c.name == "addr" || c.name == "data" {
				base = []string{"serve"}
			}
			if c.name == "erased" {
				base = []string{"serve", "--addr=127.0.0.1:0", "--data=."}
			}
			if c.name == "mail-from" {
				base = append(base, "--mail=smtp://u:p@h:587")
			}
			file := func(value string) string {
				name := filepath.Join(t.TempDir(), "settings")
				if err := os.WriteFile(name, []byte("# a comment\n\n  "+c.name+` = "`+value+"\"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return "--config=" + name
			}
			try := func(args ...string) string { return try(t, append(slices.Clone(base), args...)...) }
			flag := try("--" + c.name + "=" + c.bad)
			if !strings.Contains(flag, c.says) {
				t.Fatalf("it says %q", flag)
			}
			t.Setenv(env, c.bad)
			if got := try(); got != flag {
				t.Errorf("in the environment it says %q", got)
			}
			t.Setenv(env, "")
			os.Unsetenv(env)
			if !strings.Contains(c.bad, "\n") { // a line of a file is one line
				if got := try(file(c.bad)); got != flag {
					t.Errorf("in a file it says %q", got)
				}
			}
		})
	}
	for _, name := range settings() {
		if !covered[name] {
			t.Errorf("no test of setting %s", name)
		}
	}
	// Which of them counts: the command line, then the environment, then the file.
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, []byte("page-cache=5003"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ env, want string }{{"5002", "page-cache 5002"}, {"", "page-cache 5003"}} {
		if c.env != "" {
			t.Setenv("WITHUS_PAGE_CACHE", c.env)
		} else {
			os.Unsetenv("WITHUS_PAGE_CACHE")
		}
		if got := try(t, "serve", "--config", file); !strings.Contains(got, c.want) {
			t.Errorf("it says %q, want %s", got, c.want)
		}
		if got := try(t, "serve", "--config", file, "--page-cache=5001"); !strings.Contains(got, "page-cache 5001") {
			t.Errorf("it says %q, want 5001", got)
		}
	}
	t.Setenv("WITHUS_CONFIG", file)
	if got := try(t, "serve"); !strings.Contains(got, "page-cache 5003") {
		t.Errorf("with a file named in the environment it says %q", got)
	}
}

// A mistyped name must not pass for a setting that is left out.
func TestSettingsFile(t *testing.T) {
	for text, says := range map[string]string{
		"page-cach = 9":           `"page-cach" is no setting`,
		"PAGE-CACHE = 9":          `"PAGE-CACHE" is no setting`,
		"WITHUS_PAGE_CACHE = 9":   `"WITHUS_PAGE_CACHE" is no setting`,
		"yes = true":              `"yes" is no setting`, // of one command alone
		"publish = true":          `"publish" is no setting`,
		"a = 1\nb = 2":            `"b" is no setting`,
		"page-cache 9":            "line 1: write name = value",
		"# x\n\n= 9":              "line 3: write name = value",
		"page-cache = ten":        "page-cache",
		"help = true\nhelpe=true": `"helpe" is no setting`,
	} {
		file := filepath.Join(t.TempDir(), "settings")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, cmd := range [][]string{{"serve"}, {"member", "role", "a@b.example", "team"}} {
			if says == "page-cache" && cmd[0] != "serve" {
				continue // not its setting
			}
			if got := try(t, append(slices.Clone(cmd), "--config="+file, "--data="+filepath.Join(t.TempDir(), "none"))...); !strings.Contains(got, says) {
				t.Errorf("%q: it says %q", text, got)
			}
		}
	}
	if got := try(t, "serve", "--config=/does/not/exist"); !strings.Contains(got, "/does/not/exist") {
		t.Errorf("without a file it says %q", got)
	}
}

// Unsafe settings are refused, with what to write instead.
func TestUnsafe(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		says []string
	}{
		{"the world, without an address of its own", []string{"--addr=0.0.0.0:80"}, []string{"url is missing", "--url https://"}},
		{"the world, in the clear", []string{"--addr=0.0.0.0:80", "--url=http://network.example"}, []string{"is not safe", "--url https://network.example"}},
		{"mail by nobody", []string{"--url=https://network.example", "--mail-from=a@b.example"}, []string{"mail is missing", "--mail smtp://"}},
		{"mail from nobody", []string{"--url=https://network.example", "--mail=smtp://h:587"}, []string{"mail-from is missing", "--mail-from"}},
		{"mail in the clear", []string{"--url=https://network.example", "--mail=smtp://h.example:587?tls=none", "--mail-from=a@b.example"}, []string{"tls=none would send letters"}},
		{"a password for mail in the clear", []string{"--url=https://network.example", "--mail=smtp://u:secret@127.0.0.1:587?tls=none", "--mail-from=a@b.example"}, []string{"tls=none"}},
		{"metrics for all", []string{"--metrics=:9090"}, []string{"could be read by anyone", "--metrics 127.0.0.1:9090"}},
		{"an address with a path", []string{"--url=https://network.example/path"}, []string{"without a path"}},
		{"an address with a password", []string{"--url=https://u:secret@network.example"}, []string{"has a user in it", "--url https://"}},
		{"proxies that are none", []string{"--proxies=everyone"}, []string{"--proxies 127.0.0.1/32"}},
		{"colours nobody can read", []string{"--primary=#ffff00"}, []string{"#ffff00"}},
		{"a way out in the clear", []string{"--leave=http://x.example"}, []string{"--leave https://"}},
		{"a language nobody taught it", []string{"--languages=en,tlh"}, []string{"languages"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			got := try(t, append([]string{"serve", "--addr=127.0.0.1:0", "--data=" + dir}, c.args...)...)
			for _, s := range c.says {
				if !strings.Contains(got, s) {
					t.Errorf("it does not say %q: %s", s, got)
				}
			}
			if strings.Contains(got, "secret") {
				t.Errorf("it says the password: %s", got)
			}
		})
	}
}

// Help lists every setting with the name it has in the environment.
func TestHelp(t *testing.T) {
	for _, cmd := range []string{"serve", "demo", "member add", "member erase", "jobs list"} {
		out, errs, code := command(t, nil, append(strings.Fields(cmd), "--help")...)
		if code != 0 || errs != "" {
			t.Fatalf("%s: %d %s", cmd, code, errs)
		}
		if !strings.Contains(out, "($WITHUS_DATA)") || !strings.Contains(out, "($WITHUS_DATABASE)") {
			t.Errorf("%s does not say where its data is:\n%s", cmd, out)
		}
		if cmd != "serve" {
			continue
		}
		for _, name := range append(settings(), "config") {
			env := "$WITHUS_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
			if flat := strings.Join(strings.Fields(out), " "); !strings.Contains(flat, "--"+name) || !strings.Contains(flat, "("+env+")") {
				t.Errorf("--%s or %s is missing", name, env)
			}
		}
	}
	// No setting is forgotten: what conf has, the help has.
	n := 0
	for _, part := range []any{conf.Store{}, conf.Network{}, conf.Serving{}, conf.Mail{}} {
		n += reflect.TypeOf(part).NumField()
	}
	if got := len(settings()); got != n {
		t.Errorf("serve has %d settings, conf has %d", got, n)
	}
}

// What goes wrong is said in a plain sentence, with exit code 1.
func TestPlainErrors(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() }) // after the parallel ones
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "withus.db"), bytes.Repeat([]byte("this is no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	half := t.TempDir()
	if err := os.WriteFile(filepath.Join(half, "demo.json"), []byte(`{"url":`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "expected one of"},
		{[]string{"nonsense"}, "unexpected argument nonsense"},
		{[]string{"serve", "--nonsense"}, "unknown flag --nonsense"},
		{[]string{"member", "add"}, "missing"},
		{[]string{"member", "add", "a@b.example"}, "--name"},
		{[]string{"member", "add", "nobody", "--name=N"}, "Write an email address"},
		{[]string{"member", "add", "a@b.example", "--name=\u200b"}, "This can't be empty"},
		{[]string{"member", "add", "a@b.example", "--name=N", "--role=boss"}, "must be one of"},
		{[]string{"member", "add", "a@b.example", "--name=N", "--language=no language"}, "language: Choose one of the answers"},
		{[]string{"member", "role", "a@b.example", "team"}, "there is none like this"},
		{[]string{"member", "export", "a@b.example"}, "there is none like this"},
		{[]string{"member", "erase", "a@b.example"}, "--yes"},
		{[]string{"member", "erase", "a@b.example", "--yes"}, "there is none like this"},
		{[]string{"group", "organiser", "add", "none", "a@b.example"}, "there is none like this"},
		{[]string{"jobs", "again", "x"}, "nothing with this id was given up"},
		{[]string{"serve", "--addr=" + busy.Addr().String()}, "choose another --addr"},
		{[]string{"demo", "--addr=0.0.0.0:80"}, "url is missing"},
		{[]string{"demo", "--groups=-1"}, "between 0 and 1000000"},
		{[]string{"demo", "--data=" + half}, "delete the folder to start over"},
		{[]string{"jobs", "list", "--data=" + broken}, "can't be opened"},
		{[]string{"jobs", "list", "--database=mysql://x"}, "must be a postgres:// URL"},
		{[]string{"jobs", "list", "--database=postgres://u:secret@127.0.0.1:1/x"}, "the database does not answer"},
		{[]string{"jobs", "list", "--data=/dev/null/x"}, "the data folder can't be made"},
	} {
		t.Run(fmt.Sprint(c.args), func(t *testing.T) {
			t.Parallel()
			out, errs, code := command(t, nil, c.args...)
			plainly(t, errs, code)
			if !strings.Contains(errs, c.says) || strings.Contains(out+errs, "secret") {
				t.Errorf("it says: %s", errs)
			}
		})
	}
}

// The demo is no way to spoil a network, nor the other way round.
func TestDemoKeepsOffRealNetworks(t *testing.T) {
	dir := t.TempDir()
	if err := run(t.Context(), []string{"member", "add", "a@b.example", "--name=Ana", "--data=" + dir}, io.Discard); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, nil, "demo", "--addr="+freeAddr(t), "--data="+dir)
	plainly(t, errs, code)
	if !strings.Contains(errs, "there is a network here that is no finished demo") || strings.Contains(out, "Open") {
		t.Errorf("%s%s", out, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "demo.json")); err == nil {
		t.Error("it left a mark")
	}
}

// until ends a context when something was printed.
type until struct {
	bytes.Buffer
	what string
	end  context.CancelFunc
}

func (u *until) Write(b []byte) (int, error) {
	n, err := u.Buffer.Write(b)
	if strings.Contains(u.Buffer.String(), u.what) {
		u.end()
	}
	return n, err
}

// serving runs a command until it says that it is open, and gives what it said.
func serving(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &until{what: "Open http", end: cancel}
	if err := run(ctx, args, out); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out.String()
}

// A new folder, and then the same one again, is served, and says where.
func TestServe(t *testing.T) {
	dir, addr := filepath.Join(t.TempDir(), "data"), freeAddr(t)
	for range 2 {
		if out := serving(t, "serve", "--data="+dir, "--addr="+addr); !strings.HasSuffix(out, "\nOpen http://"+addr+"\n") || !strings.Contains(out, "Go to http://"+addr+"/first-run and type this code: ") {
			t.Errorf("it says %q", out)
		}
	}
	out := serving(t, "serve", "--data="+dir, "--addr="+addr, "--url=https://network.example", "--mail=none", "--metrics="+freeAddr(t))
	if !strings.HasSuffix(out, "Open https://network.example\n") {
		t.Errorf("it says %q", out)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may look into the folder: %v, %v", info.Mode(), err)
	}
}
