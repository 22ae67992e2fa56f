package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"testing"
)

// bird tells whether the linker drops what nobody calls.
type bird struct{}

//go:noinline
func (bird) Sings() {}

// Sleeps is called by nobody.
//
//go:noinline
func (bird) Sleeps() {}

// A call of reflect's Method or MethodByName, anywhere, makes the linker keep
// every exported method of every type: 3.5 MB. This program holds what withus
// holds, and tests.
func TestUnusedMethodsAreLeftOut(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	bird{}.Sings()
	fmt.Fprint(io.Discard, bird{}) // methods of what is never in an interface are dropped anyway
	name := reflect.TypeFor[bird]().PkgPath() + ".bird."
	if !bytes.Contains(program, []byte(name+"Sings")) {
		t.Fatal("a method that is called can't be found: look for names in another way")
	}
	if bytes.Contains(program, []byte(name+"Sleeps")) {
		t.Error("the linker keeps every method. Who has it do so:\n\tgo build -ldflags=-dumpdep -o /dev/null ./cmd/withus 2>&1 | grep -- '-> .*<ReflectMethod>'")
	}
}
