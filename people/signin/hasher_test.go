package signin

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// A hasher is this program, called by one word, as in cmd/withus.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == Helping {
		if err := Help(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Aside, a password is hashed as it is here: by one process that is asked again
// and again; by another where that one has gone; and here where there is none.
func TestHashAside(t *testing.T) {
	h, ctx := newHashing(), t.Context()
	here, err := h.seal(ctx, "four words in a row")
	if err != nil {
		t.Fatal(err)
	}
	h.aside = true
	for len(h.places) > 1 {
		<-h.places
	}
	opened := func() *hasher {
		t.Helper()
		for password, want := range map[string]bool{"four words in a row": true, "four words in a \x00\xff\u2028": false} {
			if ok, err := h.opens(ctx, here, password); ok != want || err != nil {
				t.Fatalf("%q: %v, %v", password, ok, err)
			}
		}
		p := <-h.places
		h.places <- p
		return p
	}
	first := opened()
	if first == nil {
		t.Fatal("no hasher was started")
	}
	if again := opened(); again != first {
		t.Error("a second hasher was started for a second password")
	}
	// Asked to stop with the server, it goes on until the server lets it go.
	own, err := os.FindProcess(first.pid)
	if err == nil {
		err = own.Signal(os.Interrupt)
	}
	if again := opened(); again != first || err != nil {
		t.Error("a hasher left when the server was asked to stop", err)
	}
	if err := own.Kill(); err != nil {
		t.Fatal(err)
	}
	if second := opened(); second == nil || second == first {
		t.Error("no hasher took the place of one that is gone")
	} else {
		second.end()
	}
	h.aside, h.places = false, make(chan *hasher, 1)
	h.places <- nil
	if opened() != nil {
		t.Error("a hasher was started unasked")
	}
}

// What is no task ends a hasher, and tells nobody anything.
func TestHelp(t *testing.T) {
	task := `{"Password":"eA==","Salt":"MDEyMzQ1Njc4OWFiY2RlZg==","Cost":{"Memory":64,"Time":1,"Threads":1}}` + "\n"
	var one, three bytes.Buffer
	if err := Help(strings.NewReader(task), &one); err != nil || one.Len() == 0 {
		t.Fatalf("%q, %v", one.Bytes(), err)
	}
	if err := Help(strings.NewReader(task+task+task), &three); err != nil || !slices.Equal(three.Bytes(), bytes.Repeat(one.Bytes(), 3)) {
		t.Errorf("three tasks: %q, %v", three.Bytes(), err)
	}
	for _, broken := range []string{"x", "[]", `{"Password":7}`, task[:40]} {
		var out bytes.Buffer
		if err := Help(strings.NewReader(broken), &out); err == nil || out.Len() > 0 {
			t.Errorf("%q: %q, %v", broken, out.Bytes(), err)
		}
	}
}
