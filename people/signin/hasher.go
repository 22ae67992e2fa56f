package signin

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// Helping is the one argument a hasher is started with.
const Helping = "hash-passwords"

const (
	hasherRests   = time.Minute     // after so long without a task, a hasher ends
	hasherAnswers = 5 * time.Second // longer than any hash takes
)

// hasher is a second process of this program, of lower priority, that hashes
// passwords: on a machine all of whose processors are busy, a hash next door
// makes every page wait for its turn, 3 ms or more, and 19 MiB for each of them
// keep the collector running. It ends by itself when nothing is to be done, and
// with whoever started it.
type hasher struct {
	pid            int
	tasks, answers *os.File
}

// Help is what a hasher does: it answers each task of in on out, until there
// are no more.
func Help(in io.Reader, out io.Writer) error {
	// Whoever stops the server decides when the last password is checked.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	rest := time.AfterFunc(hasherRests, func() { os.Exit(0) })
	tasks, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var t task
		if err := tasks.Decode(&t); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		rest.Stop()
		if err := answers.Encode(t.key()); err != nil {
			return err
		}
		rest.Reset(hasherRests)
		runtime.GC() // of 19 MiB, while nobody waits: the next task needs as much
	}
}

// startHasher starts one; nil if that can't be done here.
func startHasher() *hasher {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil
	}
	p := &hasher{tasks: ours}
	answers, out, err := os.Pipe()
	if err != nil {
		theirs.Close()
		ours.Close()
		return nil
	}
	p.answers = answers
	cmd := exec.Command(program(), Helping)
	// Nothing of our settings, among them secrets, is its business.
	cmd.Stdin, cmd.Stdout, cmd.Env = theirs, out, []string{"GOMAXPROCS=1"}
	err = startLow(cmd)
	theirs.Close()
	out.Close()
	if err != nil {
		p.end()
		return nil
	}
	p.pid = cmd.Process.Pid
	go cmd.Wait()
	return p
}

// ask has a task done; nil if this one can't, which is over then.
func (p *hasher) ask(t task) (key []byte) {
	if p == nil {
		return nil
	}
	err := p.answers.SetReadDeadline(time.Now().Add(hasherAnswers))
	if err == nil {
		err = json.NewEncoder(p.tasks).Encode(t)
	}
	if err == nil {
		err = json.NewDecoder(p.answers).Decode(&key)
	}
	if err != nil {
		p.end()
		return nil
	}
	return key
}

// end lets a hasher go: it ends once it has nothing to read.
func (p *hasher) end() {
	p.tasks.Close()
	p.answers.Close()
}
