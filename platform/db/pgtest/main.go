//go:build linux || darwin

// Command pgtest runs a command with a PostgreSQL of its own: a fresh one on
// loopback, its URL in WITHUS_TEST_POSTGRES, gone when the command ends.
//
//	pgtest go test ./...
//
// It answers with the command's exit code and adds nothing to what it prints.
// Where PostgreSQL is not installed it says so and runs the command without.
// WITHUS_TEST_LOCALE chooses the locale of the databases (C by default).
package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	variable = "WITHUS_TEST_POSTGRES"
	grace    = 10 * time.Second // between passing a signal on and no longer asking
	roomy    = 1 << 30          // bytes: a cluster, its log and the databases of some tests take a third
)

var errNone = errors.New("no PostgreSQL found (package postgresql)")

func main() {
	log.SetFlags(0)
	log.SetPrefix("pgtest: ")
	if len(os.Args) < 2 {
		log.Print("usage: pgtest command [argument ...]")
		os.Exit(2)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(os.Args[1:], signals)
	if err != nil {
		log.Print(err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(argv []string, signals <-chan os.Signal) (int, error) {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, variable+"=") })
	pg, err := start()
	switch {
	case errors.Is(err, errNone):
		log.Printf("%v: going on without, tests that need it skip", err)
	case err != nil:
		return 1, err
	default:
		defer pg.stop()
		env = append(env, variable+"="+pg.url)
	}
	return command(argv, env, signals)
}

// command runs argv in a process group of its own, so that signals reach what
// it started too (go test does not pass SIGTERM on to its tests). Its exit code
// is 128 and the signal's number where a signal ended it, as in a shell.
func command(argv, env []string, signals <-chan os.Signal) (int, error) {
	c := exec.Command(argv[0], argv[1:]...)
	c.Env, c.Stdout, c.Stderr = env, os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	select {
	case s := <-signals:
		return 128 + int(s.(syscall.Signal)), nil
	default:
	}
	if err := c.Start(); err != nil {
		return 127, err
	}
	group := -c.Process.Pid
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var late <-chan time.Time
	for {
		select {
		case s := <-signals:
			_ = syscall.Kill(group, s.(syscall.Signal)) // it may just have ended
			if late == nil {
				late = time.After(grace)
			}
		case <-late:
			_ = syscall.Kill(group, syscall.SIGKILL)
		case err := <-ended:
			if late != nil { // told to stop: leave nobody behind
				_ = syscall.Kill(group, syscall.SIGKILL)
			}
			if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
				return 1, err
			}
			if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return c.ProcessState.ExitCode(), nil
		}
	}
}

// server is a running PostgreSQL.
type server struct {
	url   string
	dir   string
	leash io.Closer // closed, by us or by our death, it makes the keeper end
	ended func() error
}

// start makes a database cluster in a temporary folder and serves it.
func start() (_ *server, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(place(), "withus-pgtest-")
	if err != nil {
		return nil, err
	}
	pg := &server{dir: dir}
	defer func() {
		if err != nil {
			pg.stop()
		}
	}()
	// Its own process group keeps Ctrl-C from stopping the database before the
	// tests that use it.
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if attr.Credential, err = unprivileged(); err != nil {
			return nil, err
		}
		if err := os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	tool := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(name, args...)
		c.Dir, c.SysProcAttr = dir, attr
		return c
	}

	// The keeper stops PostgreSQL and removes the folder once its input ends,
	// which happens even if this process is killed outright.
	ctl := filepath.Join(bin, "pg_ctl")
	keeper := tool("/bin/sh", "-c", `cat >/dev/null; "$1" -D "$2/data" -m immediate -w stop; cd /; rm -rf "$2"`, "sh", ctl, dir)
	leash, err := keeper.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := keeper.Start(); err != nil {
		return nil, err
	}
	pg.leash, pg.ended = leash, keeper.Wait

	password := rand.Text() // loopback is open to everybody on this machine
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(password), 0o644); err != nil {
		return nil, err
	}
	out, err := tool(filepath.Join(bin, "initdb"), "-D", "data", "-U", "withus", "-A", "scram-sha-256", "--pwfile=password",
		"-E", "UTF8", "--locale="+cmp.Or(os.Getenv("WITHUS_TEST_LOCALE"), "C"), "--no-sync").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	for try := 1; ; try++ {
		port, err := pg.configure()
		if err != nil {
			return nil, err
		}
		out, err := tool(ctl, "-D", "data", "-l", "log", "-s", "-w", "-t", "60", "start").CombinedOutput()
		if err == nil {
			pg.url = fmt.Sprintf("postgres://withus:%s@127.0.0.1:%d/postgres?sslmode=disable", password, port)
			return pg, nil
		}
		if try == 3 { // a free port may be somebody else's a moment later
			said, _ := os.ReadFile(filepath.Join(dir, "log"))
			return nil, fmt.Errorf("PostgreSQL did not start: %w\n%s%s", err, out, said)
		}
	}
}

// place is where the cluster goes: into memory where there is room and TMPDIR
// asks for nothing else. A new database is 300 files, which took 250 ms on a
// disk and 40 ms in memory; a test should cost milliseconds.
func place() string {
	const memory = "/dev/shm"
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &fs) == nil && uint64(fs.Bavail)*uint64(fs.Bsize) >= roomy {
		return memory
	}
	return ""
}

// configure sets a server up for tests, on a port that is free now. Later
// lines win over earlier ones. Nothing here outlives the tests, so nothing is
// forced to disk; statistics don't change by themselves, so plans don't either.
func (pg *server) configure() (port int, err error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	f, err := os.OpenFile(filepath.Join(pg.dir, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Fprintf(f, `
listen_addresses = '127.0.0.1'
port = %d
unix_socket_directories = ''
max_connections = 300
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
autovacuum = off
`, port)
	return port, errors.Join(err, f.Close())
}

// stop ends PostgreSQL and removes its folder.
func (pg *server) stop() {
	if pg.leash != nil {
		pg.leash.Close()
		_ = pg.ended() // what it could not stop is not running
	}
	if err := os.RemoveAll(pg.dir); err != nil {
		log.Print(err)
	}
}

// binaries finds the folder of PostgreSQL's programs: the newest of Debian's,
// else what pg_config says, else where initdb is in PATH.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, byVersion)), nil
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		bin := string(bytes.TrimSpace(out))
		if _, err := os.Stat(filepath.Join(bin, "initdb")); err == nil {
			return bin, nil
		}
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	return "", errNone
}

// byVersion compares paths of the form /usr/lib/postgresql/<version>/….
func byVersion(a, b string) int {
	version := func(path string) float64 {
		v, _ := strconv.ParseFloat(strings.Split(path, "/")[4], 64) // 9.6, 15
		return v
	}
	return cmp.Compare(version(a), version(b))
}

// unprivileged finds whom to run PostgreSQL as.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}
