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
		syscall.Setpriority(syscall.PRIO_PROCESS, 0, 10) // at the usual priority, if it may not
		done <- cmd.Start()
	}()
	return <-done
}
