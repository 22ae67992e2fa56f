package conf

import (
	"strings"
	"testing"
)

func TestServing(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Serving
		url  string // empty: refused,
		says string // with these words
	}{
		{"this machine", Serving{Addr: "127.0.0.1:8080"}, "http://127.0.0.1:8080", ""},
		{"this machine, IPv6", Serving{Addr: "[::1]:80"}, "http://[::1]:80", ""},
		{"a network", Serving{Addr: ":8080", URL: "https://n.example/"}, "https://n.example", ""},
		{"open without an address", Serving{Addr: "0.0.0.0:8080"}, "", "--url https://"},
		{"no TLS", Serving{Addr: ":80", URL: "http://n.example"}, "", "--url https://n.example"},
		{"a path", Serving{Addr: ":80", URL: "https://n.example/x"}, "", "without a path"},
		{"no port", Serving{Addr: "localhost"}, "", "--addr"},
		{"open metrics", Serving{Addr: "127.0.0.1:1", Metrics: "0.0.0.0:9"}, "", "--metrics 127.0.0.1"},
		{"public metrics", Serving{Addr: "127.0.0.1:1", Metrics: "8.8.8.8:9"}, "", "--metrics 127.0.0.1"},
		{"private metrics", Serving{Addr: "127.0.0.1:1", Metrics: "10.0.0.2:9"}, "http://127.0.0.1:1", ""},
		{"metrics in the same place", Serving{Addr: "127.0.0.1:1", Metrics: "127.0.0.1:1"}, "", "of its own"},
		{"no range", Serving{Addr: "127.0.0.1:1", Proxies: []string{"10.0.0.1"}}, "", "--proxies"},
		{"too much memory", Serving{Addr: "127.0.0.1:1", PageCache: -1}, "", "page-cache"},
	} {
		err := c.s.Check()
		if c.url == "" && (err == nil || !strings.Contains(err.Error(), c.says)) || c.url != "" && (err != nil || c.s.URL != c.url) {
			t.Errorf("%s: %q, %v", c.name, c.s.URL, err)
		}
	}
}

func TestMailAndNetwork(t *testing.T) {
	for _, m := range []Mail{{}, {Mail: "none"}, {Mail: "smtp://h:1", MailFrom: "a@b.example"}} {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, m := range []Mail{{MailFrom: "a@b.example"}, {Mail: "smtp://h:1"}} {
		if m.Check() == nil {
			t.Errorf("%+v was taken", m)
		}
	}
	good := Network{Name: "N", Languages: []string{"en"}, Leave: "https://a.example/"}
	for _, n := range []Network{good, {}, Default()} {
		if err := n.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, n := range []Network{{Name: " ", Languages: good.Languages, Leave: good.Leave}, {Name: "N\r\nX", Languages: good.Languages, Leave: good.Leave},
		{Languages: []string{"tlh"}}, {Name: "N", Languages: good.Languages, Leave: "javascript:alert(1)"}} {
		if n.Check() == nil {
			t.Errorf("%+v was taken", n)
		}
	}
}

// Pictures stand beside the database; where several servers may share one, only
// in a folder that was named.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		store Store
		want  string
	}{
		{Store{Data: "/d"}, "/d/media"},
		{Store{Data: "/d", Media: "/m"}, "/m"},
		{Store{Data: "/d", Media: "none"}, ""},
		{Store{Data: "/d", Database: "postgres://x"}, ""},
		{Store{Data: "/d", Database: "postgres://x", Media: "/m"}, "/m"},
	} {
		if got := c.store.Pictures(); got != c.want {
			t.Errorf("%+v: %q", c.store, got)
		}
	}
}
