// Package conf is the settings of an installation: one name each, as a flag, a
// WITHUS_… variable or a line of a file. Rooms are handed what they need of
// them, and read none.
package conf

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Store says where a network's data is. Every command takes it.
type Store struct {
	Data, Database, Media, Erased string
}

// Flags names the settings of a store.
func (s *Store) Flags(f *Flags) {
	f.Path(&s.Data, "data", "withus-data", "Folder that holds the network: its database, when it is SQLite, and its files.")
	f.Text(&s.Database, "database", "", "postgres:// address of the database, instead of SQLite in the data folder.").As("URL")
	f.Text(&s.Media, "media", "", "Folder for pictures, or none; if you say nothing, the folder media in the data folder, and none with a postgres:// database.").As("FOLDER")
	f.Text(&s.Erased, "erased", "", "Folder, outside the data folder, where it is written down which accounts were erased, so that a backup that is put back forgets them again; if you say nothing, beside the data folder, with its name and -erased.").As("FOLDER")
}

// Ledger is the folder that tells a backup put back who was erased since. It is
// an error for it to lie in the data folder of an SQLite: a backup put back would
// bring it back, too.
func (s *Store) Ledger() (string, error) {
	switch {
	case s.Erased == "" && s.Data == "":
		return "", errors.New("say with erased where it is written down who was erased: there is no data folder to put it beside")
	case s.Erased == "":
		return filepath.Clean(s.Data) + "-erased", nil
	case s.Database != "":
		return s.Erased, nil
	}
	data, err := filepath.Abs(s.Data)
	if err != nil {
		return "", err
	}
	ledger, err := filepath.Abs(s.Erased)
	if err != nil {
		return "", err
	}
	if in, err := filepath.Rel(data, ledger); err == nil && filepath.IsLocal(in) {
		return "", fmt.Errorf("erased must be a folder outside the data folder, which a backup puts back whole: %s", s.Erased)
	}
	return s.Erased, nil
}

// Pictures is the folder pictures are kept in, "" for none. Servers that share
// a PostgreSQL have to share it too, so there it is named or there is none.
func (s *Store) Pictures() string {
	switch {
	case s.Media == "none":
		return ""
	case s.Media != "":
		return s.Media
	case s.Database != "":
		return ""
	}
	return filepath.Join(s.Data, "media")
}

// Network is what a network is called and looks like. What is not said here is
// what the network's team chose in the browser, or else the Default.
type Network struct {
	Name, Primary, Accent string
	Languages             []string
	Leave                 string
}

// Flags names the settings of a network.
func (n *Network) Flags(f *Flags) {
	f.Text(&n.Name, "name", "", "Name of the network, on every page and mail. Said here, the team can't change it in the browser; so with the next four.")
	f.Text(&n.Primary, "primary", "", "Main colour, #rrggbb. Must be readable on white.").As("#RRGGBB")
	f.Text(&n.Accent, "accent", "", "Second colour, #rrggbb. Dark text must be readable on it.").As("#RRGGBB")
	f.List(&n.Languages, "languages", "Languages the site speaks; the first is spoken to those who read none of them.")
	f.Text(&n.Leave, "leave", "", `Harmless page that "leave this site" goes to.`).As("URL")
}

// Ships are the languages the site can speak.
var Ships = []string{"en", "es", "fr", "ar"}

// Default is a network of which nothing was said, here or in the browser.
func Default() Network {
	return Network{Name: "Our network", Languages: slices.Clone(Ships), Leave: "https://www.wikipedia.org/"}
}

// Serving is how the network is reached.
type Serving struct {
	Addr, URL string
	Proxies   []string
	Metrics   string
	PageCache int // megabytes
}

// Flags names the settings of serving.
func (s *Serving) Flags(f *Flags) {
	f.Text(&s.Addr, "addr", "127.0.0.1:8080", "Address and port to listen on.")
	f.Text(&s.URL, "url", "", "Address people type, https://network.example. Needed unless only this machine is served.").As("URL")
	f.List(&s.Proxies, "proxies", "Address ranges of proxies in front, whose X-Forwarded-For is believed.").As("CIDR,...")
	f.Text(&s.Metrics, "metrics", "", "Address and port for metrics and profiles; never one the public reaches.").As("ADDR")
	f.Int(&s.PageCache, "page-cache", 16, "Megabytes of memory for pages kept for visitors; 0 keeps none.")
}

// Mail is how mail leaves.
type Mail struct {
	Mail, MailFrom string
}

// Flags names the settings of mail.
func (m *Mail) Flags(f *Flags) {
	f.Text(&m.Mail, "mail", "", "Mail server: smtp://user:password@host:587 or smtps://…:465; none for a network without mail.").As("URL")
	f.Text(&m.MailFrom, "mail-from", "", "Address mail comes from.").As("ADDRESS")
}

// Check refuses what is unsafe or missing, and says what to do. It fills in the
// address of the network where only this machine is served.
func (s *Serving) Check() error {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return fmt.Errorf("addr %q is no address and port: write --addr 127.0.0.1:8080", s.Addr)
	}
	if s.URL == "" {
		if !loopback(host) {
			return errors.New("url is missing: say how people reach this network, --url https://network.example")
		}
		s.URL = "http://" + s.Addr
	}
	u, err := url.Parse(s.URL)
	if err == nil && u.User != nil { // not said again: it may be a password
		return errors.New("url has a user in it: write --url https://network.example")
	}
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("url %q is no address of a site: write --url https://network.example, without a path", s.URL)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return fmt.Errorf("url %q is not safe: people's sign-ins would be readable on the way; put a proxy with HTTPS in front and write --url https://%s", s.URL, u.Host)
	}
	s.URL = u.Scheme + "://" + u.Host
	for _, p := range s.Proxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			return fmt.Errorf("proxies: %q is no address range: write --proxies 127.0.0.1/32", p)
		}
	}
	if s.Metrics != "" {
		mhost, _, err := net.SplitHostPort(s.Metrics)
		if err != nil {
			return fmt.Errorf("metrics %q is no address and port: write --metrics 127.0.0.1:9090", s.Metrics)
		}
		ip, err := netip.ParseAddr(mhost)
		if mhost != "localhost" && (err != nil || !ip.IsLoopback() && !ip.IsPrivate()) {
			return fmt.Errorf("metrics %q could be read by anyone: write --metrics 127.0.0.1:9090", s.Metrics)
		}
		if s.Metrics == s.Addr {
			return errors.New("metrics needs an address and port of its own: write --metrics 127.0.0.1:9090")
		}
	}
	if s.PageCache < 0 || s.PageCache > 4096 {
		return fmt.Errorf("page-cache %d is not between 0 and 4096", s.PageCache)
	}
	return nil
}

// Local says whether only this machine is served.
func (s *Serving) Local() bool { return strings.HasPrefix(s.URL, "http://") }

// Ranges are the proxies' address ranges, after Check.
func (s *Serving) Ranges() (out []netip.Prefix) {
	for _, p := range s.Proxies {
		if r, err := netip.ParsePrefix(p); err == nil {
			out = append(out, r.Masked())
		}
	}
	return out
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Check refuses mail settings that can't work. Without any, mail is as the
// network's team set it up in the browser.
func (m *Mail) Check() error {
	switch {
	case m.Mail == "" && m.MailFrom != "":
		return errors.New("mail is missing: say by which server mail leaves, --mail smtp://user:password@host:587, or leave mail-from out and set mail up in the browser")
	case m.Mail != "" && m.Mail != "none" && m.MailFrom == "":
		return errors.New("mail-from is missing: say which address mail comes from, --mail-from hello@network.example")
	}
	return nil
}

// Check refuses names and addresses that can't be used. What is not said is
// left as it is.
func (n *Network) Check() error {
	if n.Name != "" && strings.TrimSpace(n.Name) == "" || utf8.RuneCountInString(n.Name) > 80 || strings.ContainsAny(n.Name, "\r\n\x00<>") {
		return errors.New("name must be one line of at most 80 characters")
	}
	for i, l := range n.Languages {
		n.Languages[i] = strings.TrimSpace(l)
		if !slices.Contains(Ships, n.Languages[i]) {
			return fmt.Errorf("languages: the site does not speak %q yet; it speaks %s", l, strings.Join(Ships, ", "))
		}
	}
	if n.Leave == "" {
		return nil
	}
	u, err := url.Parse(n.Leave)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("leave %q is no page to go to: write --leave https://www.wikipedia.org/", n.Leave)
	}
	return nil
}
