package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	cmd *exec.Cmd
	url string
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// start starts ./withus and waits for its first answer.
func start(ctx context.Context, args []string) (*process, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	return launch(exec.CommandContext(ctx, "./withus", append(args, "--addr", addr)...), addr, "/healthz", 3*time.Minute)
}

// startBare starts this program as the handler to compare with.
func startBare(ctx context.Context, self, file, kind string) (*process, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "bare", addr, file)
	cmd.Env = append(os.Environ(), "BARE_TYPE="+kind)
	return launch(cmd, addr, "/", 10*time.Second)
}

func launch(cmd *exec.Cmd, addr, path string, wait time.Duration) (*process, error) {
	cmd.Stderr = os.Stderr
	p := &process{cmd, "http://" + addr}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if res, err := http.Get(p.url + path); err == nil {
			res.Body.Close()
			return p, nil
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s gave no answer", cmd.Args[0])
}

// bare is the handler everything is compared with: net/http, sending bytes it
// has.
func bare(addr, file string) {
	body, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	kind, n := os.Getenv("BARE_TYPE"), strconv.Itoa(len(body))
	panic(http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", n)
		w.Write(body)
	})))
}

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.cmd.Wait()
	}
}

func (p *process) host() string { return strings.TrimPrefix(p.url, "http://") }

func (p *process) dial() (net.Conn, error) { return net.Dial("tcp", p.host()) }

// cpu is the time the process has computed for so far, in steps of 10 ms.
func (p *process) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// resident is the memory the process holds, in bytes, with that of its helpers.
func (p *process) resident() (bytes int) {
	pids := []string{strconv.Itoa(p.cmd.Process.Pid)}
	children, _ := filepath.Glob("/proc/" + pids[0] + "/task/*/children")
	for _, name := range children {
		b, _ := os.ReadFile(name)
		pids = append(pids, strings.Fields(string(b))...)
	}
	for _, pid := range pids {
		b, err := os.ReadFile("/proc/" + pid + "/status")
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(b), "VmRSS:")
		kb, _ := strconv.Atoi(strings.Fields(rest)[0])
		bytes += kb << 10
	}
	return bytes
}
