//go:build !linux

package signin

import (
	"os"
	"os/exec"
)

func program() string {
	p, err := os.Executable()
	if err != nil {
		return ""
	}
	return p
}

func startLow(cmd *exec.Cmd) error { return cmd.Start() }
