package signin

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// program is this very program, also when the file it came from was replaced
// by a newer one.
func program() string { return "/proc/self/exe" }

// niceness is what a hasher has; more, where the server itself has more.
const niceness = 10

// startLow starts a process that takes turns only where others leave them. On
// Linux the priority is a thread's, and a process has that of the thread which
// started it; a thread whose goroutine ends without unlocking it ends, too.
func startLow(cmd *exec.Cmd) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() == os.Getpid() { // the main thread alone never ends: hold it, and take another
			defer runtime.UnlockOSThread()
			done <- startLow(cmd)
			return
		}
		if nice(0) < niceness {
			syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness) // at the usual priority, if it may not
		}
		done <- cmd.Start()
	}()
	return <-done
}

// nice is the niceness of a process, 0 for the thread that asks; 0 where it can't
// be known. The system call gives 20 less that.
func nice(pid int) int {
	n, err := syscall.Getpriority(syscall.PRIO_PROCESS, pid)
	if err != nil {
		return 0
	}
	return 20 - n
}
