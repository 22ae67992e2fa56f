package signin

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// A hasher leaves turns to others, and knows none of our settings; we don't become
// one ourselves.
func TestHasherIsLower(t *testing.T) {
	t.Setenv("WITHUS_DATABASE", "postgres://somebody:secret@nowhere.example/")
	before := nice(os.Getpid())
	p := startHasher()
	if p == nil {
		t.Fatal("no hasher was started")
	}
	defer p.end()
	if n := nice(p.pid); n != max(before, niceness) {
		t.Errorf("a hasher has a niceness of %d", n)
	}
	if n := nice(os.Getpid()); n != before {
		t.Errorf("our niceness was %d, and is %d", before, n)
	}
	env, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/environ")
	if err != nil || strings.Contains(string(env), "WITHUS") {
		t.Errorf("a hasher is told %q, %v", env, err)
	}
}
