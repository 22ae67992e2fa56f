//go:build linux || darwin

package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary also plays pgtest, and the command that pgtest runs.
func TestMain(m *testing.M) {
	switch os.Getenv("PGTEST_ROLE") {
	case "pgtest":
		os.Setenv("PGTEST_ROLE", "command")
		main()
	case "command":
		fmt.Println(dial(os.Getenv(variable)), os.Getenv(variable))
		if os.Args[1] == "wait" {
			time.Sleep(time.Hour) // with nothing else to do, select {} is a deadlock
		}
		os.Exit(7)
	default:
		os.Exit(m.Run())
	}
}

func dial(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "nowhere"
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		return "gone"
	}
	c.Close()
	return "there"
}

// begin starts pgtest with a command and reads its one line.
func begin(t *testing.T, mode string) (c *exec.Cmd, temp, address string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a PostgreSQL")
	}
	if _, err := binaries(); err != nil {
		t.Skip(err)
	}
	// Not t.TempDir: an unprivileged user has to get in.
	temp, err := os.MkdirTemp("", "pgtest-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	if err := os.Chmod(temp, 0o777); err != nil {
		t.Fatal(err)
	}
	c = exec.Command(os.Args[0], os.Args[0], mode)
	c.Env = append(os.Environ(), "PGTEST_ROLE=pgtest", "TMPDIR="+temp)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // mostly ended by then
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	state, address, _ := strings.Cut(strings.TrimSpace(line), " ")
	if state != "there" {
		t.Fatalf("PostgreSQL at %q is %s", address, state)
	}
	return c, temp, address
}

// end waits for pgtest and checks its exit code, and that nothing is left.
func end(t *testing.T, c *exec.Cmd, temp, address string, code int) {
	t.Helper()
	if _, ok := errors.AsType[*exec.ExitError](c.Wait()); !ok || c.ProcessState.ExitCode() != code {
		t.Errorf("%v, want exit code %d", c.ProcessState, code)
	}
	if state := dial(address); state != "gone" {
		t.Errorf("PostgreSQL is still %s", state)
	}
	if left, _ := filepath.Glob(temp + "/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestExitCode(t *testing.T) {
	c, temp, address := begin(t, "leave")
	end(t, c, temp, address, 7)
}

func TestSignal(t *testing.T) {
	c, temp, address := begin(t, "wait")
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	end(t, c, temp, address, 128+int(syscall.SIGTERM))
}

func TestByVersion(t *testing.T) {
	paths := []string{"/usr/lib/postgresql/9.6/bin/initdb", "/usr/lib/postgresql/17/bin/initdb", "/usr/lib/postgresql/15/bin/initdb"}
	if got := slices.MaxFunc(paths, byVersion); got != paths[1] {
		t.Errorf("newest is %s", got)
	}
}
