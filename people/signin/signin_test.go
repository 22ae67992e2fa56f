package signin

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"withus.example/platform/fault"
)

// A password is kept as argon2id at OWASP's cost, salted, and says so itself,
// so that it can still be opened once the cost is another.
func TestSealedPassword(t *testing.T) {
	h, ctx := newHashing(), t.Context()
	sealed, err := h.seal(ctx, "three words here")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(sealed, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(sealed, "three") {
		t.Errorf("sealed as %s", sealed)
	}
	again, err := h.seal(ctx, "three words here")
	if err != nil || again == sealed {
		t.Error("the same password is sealed the same way twice", err)
	}
	b64 := base64.RawStdEncoding.EncodeToString
	older := "$argon2id$v=19$m=64,t=1,p=2$" + b64([]byte("0123456789abcdef")) + "$" + b64(argon2.IDKey([]byte("three words here"), []byte("0123456789abcdef"), 1, 64, 2, 32))
	for _, c := range []struct {
		sealed, password string
		opens            bool
	}{
		{sealed, "three words here", true}, {again, "three words here", true}, {older, "three words here", true},
		{sealed, "three words her", false}, {sealed, "three words here ", false}, {sealed, "", false}, {older, "", false},
		{"", "", false}, {"", "three words here", false},
	} {
		if ok, err := h.opens(ctx, c.sealed, c.password); ok != c.opens || err != nil {
			t.Errorf("%q opens %s: %v, %v", c.password, c.sealed, ok, err)
		}
	}
	for _, broken := range []string{"$argon2id$v=19$x$AA$AA", "$argon2id$v=19$m=64,t=0,p=1$AA$AA", "$argon2id$v=19$m=64,t=1,p=1$!$AA", "$argon2id$v=19$m=64,t=1,p=1$AA$!", "x"} {
		if ok, _ := h.opens(ctx, broken, ""); ok {
			t.Errorf("%q was opened", broken)
		}
	}
}

// G6: two hashes at once, some wait, the rest are turned away at once; whoever
// leaves gives up the place.
func TestHashingQueue(t *testing.T) {
	h := newHashing()
	for range cap(h.places) {
		<-h.places // as if as many were being made
	}
	ctx, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range cap(h.waiting) {
		wg.Go(func() {
			if _, err := h.opens(ctx, "", "x"); !errors.Is(err, context.Canceled) {
				t.Errorf("whoever left got %v", err)
			}
		})
	}
	for len(h.waiting) < cap(h.waiting) {
		time.Sleep(time.Millisecond)
	}
	var f *fault.Error
	if _, err := h.opens(t.Context(), "", "x"); !errors.As(err, &f) || f.Kind != fault.Limited || f.After <= 0 {
		t.Errorf("one too many: %v", err)
	}
	if _, err := h.seal(t.Context(), "x"); !fault.Is(err, fault.Limited) {
		t.Errorf("one too many: %v", err)
	}
	leave()
	wg.Wait()
	if len(h.waiting) != 0 || len(h.places) != 0 {
		t.Errorf("%d wait, %d places are free", len(h.waiting), len(h.places))
	}
	h.places <- nil
	if _, err := h.seal(t.Context(), "x"); err != nil || len(h.waiting) != 0 {
		t.Error("a free place was not given", err)
	}
}

// A device is told as coarsely as a person would: no version, no model.
func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0":                                                                         "firefox/linux",
		"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36":     "samsung/android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36 Edg/136.0.0.0":                  "edge/windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0.7151.34 Mobile/15E148 Safari/604.1": "chrome/iphone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1":        "safari/iphone",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36":                                 "chrome/chromeos",
		"":                               "other/other",
		"<script>alert(1)</script>":      "other/other",
		strings.Repeat("Firefox/", 9999): "firefox/other",
	} {
		if got := device(agent); got != want {
			t.Errorf("%.60s: %s, want %s", agent, got, want)
		}
	}
}

// C8: after signing in people go somewhere in the house.
func TestNext(t *testing.T) {
	for to, want := range map[string]string{"": "/you", "/groups?q=a": "/groups?q=a", "//evil.example": "/you", `/\evil.example`: "/you", "https://evil.example": "/you", "%2f%2fevil.example": "/you", "/\t/evil.example": "/you", "javascript:alert(1)": "/you"} {
		if got := next(to); got != want {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

func TestAddress(t *testing.T) {
	if got := address("  Ana@Example.ORG \n"); got != "ana@example.org" {
		t.Error(got)
	}
}

// b64 is a cheap seal's hash, for tests that need many.
func b64(password string) string {
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), make([]byte, 16), 1, 8, 1, 32))
}
