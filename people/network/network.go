// Package network is the network itself: what it is called and looks like, how
// its mail leaves, what of it is switched on; and how it is opened for the
// first time.
//
// What the person who runs the machine says by flag, environment or file comes
// first, then what the network's team chose here, then the defaults of conf.
package network

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"withus.example/platform/conf"
	"withus.example/platform/fault"
	"withus.example/platform/mail"
	"withus.example/platform/ui"
)

// Settings are what a network's team may choose. What is empty was not chosen.
type Settings struct {
	Name      string   `json:"name"`
	Leave     string   `json:"leave"` // address of the harmless page
	Primary   string   `json:"primary"`
	Accent    string   `json:"accent"`
	Languages []string `json:"languages"` // the first is spoken to those who read none of them
	Off       []string `json:"off"`       // keys of the parts that are switched off
	Sends     bool     `json:"sends"`     // the network sends mail
	Server    string   `json:"server"`
	Port      int      `json:"port"`
	Security  string   `json:"security"`
	User      string   `json:"user"`
	From      string   `json:"from"`
	Password  int      `json:"password"` // how often it was set; it stands elsewhere itself
}

// How the way to the mail server is kept from other eyes.
const (
	fromTheStart = "tls"
	startTLS     = "starttls"
	inTheClear   = "none" // to a server on this very machine
)

var securities = []string{fromTheStart, startTLS, inTheClear}

// Given is what was said where the program is started: it counts before what is
// chosen here.
type Given struct {
	Network conf.Network
	Mail    conf.Mail
	Sender  mail.Sender // takes all mail: the demo's tray; nil: as settings say
	Demo    bool        // is never opened for the first time
}

// Says whether a setting was given there. Mail is given as a whole.
func (g *Given) Says(field string) bool {
	n := g.Network
	switch field {
	case "name":
		return n.Name != ""
	case "leave":
		return n.Leave != ""
	case "primary":
		return n.Primary != ""
	case "accent":
		return n.Accent != ""
	case "languages":
		return len(n.Languages) > 0
	case "mail":
		return g.Sender != nil || g.Mail.Mail != ""
	}
	return false
}

// over gives the settings that count: those given, then those chosen, then the
// defaults.
func (g *Given) over(s Settings) Settings {
	usual, n := conf.Default(), g.Network
	first := func(of ...string) string {
		for _, x := range of {
			if x != "" {
				return x
			}
		}
		return ""
	}
	s.Name, s.Leave = first(n.Name, s.Name, usual.Name), first(n.Leave, s.Leave, usual.Leave)
	theme := ui.Theme{Primary: first(n.Primary, s.Primary), Accent: first(n.Accent, s.Accent)}.Shown()
	s.Primary, s.Accent = theme.Primary, theme.Accent
	for _, langs := range [][]string{usual.Languages, s.Languages, n.Languages} {
		if len(langs) > 0 {
			s.Languages = langs
		}
	}
	if s.Port == 0 {
		s.Port, s.Security = 465, fromTheStart
	}
	return s
}

// theme are the colours that count.
func (s *Settings) theme() ui.Theme { return ui.Theme{Primary: s.Primary, Accent: s.Accent} }

const (
	maxName = 80
	maxLine = 200
)

// Validate cleans settings and says what is wrong with them. parts are the keys
// of what can be switched off.
func (s *Settings) Validate(g *Given, parts []string) error {
	var p fault.Problems
	p.Line("name", &s.Name, maxName, fault.Optional)
	p.Line("leave", &s.Leave, maxLine, fault.Optional)
	if u, err := url.Parse(s.Leave); s.Leave != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		p.Add("leave", "network.leave.https")
	}
	p = append(p, s.colours(g)...)
	for _, code := range s.Languages {
		p.Choice("languages", code, conf.Ships...)
	}
	s.Off = slices.DeleteFunc(s.Off, func(key string) bool { return !slices.Contains(parts, key) })
	s.validateMail(&p)
	return p.Err()
}

// colours says what is wrong with the colours chosen, beside those given.
func (s *Settings) colours(g *Given) (out fault.Problems) {
	theme := ui.Theme{Primary: s.Primary, Accent: s.Accent}
	if g.Says("primary") {
		theme.Primary = g.Network.Primary
	}
	if g.Says("accent") {
		theme.Accent = g.Network.Accent
	}
	return theme.Problems()
}

func (s *Settings) validateMail(p *fault.Problems) {
	need := s.Sends || s.Server+s.User+s.From != ""
	p.Line("server", &s.Server, maxLine, need)
	p.Email("from", &s.From, need)
	p.Line("user", &s.User, maxLine, fault.Optional)
	if !need {
		return
	}
	if strings.ContainsAny(s.Server, "/:@ ") && net.ParseIP(s.Server) == nil {
		p.Add("server", "network.server.plain")
	}
	if s.Port < 1 || s.Port > 65535 {
		p.Add("port", "network.port.number")
	}
	p.Choice("security", s.Security, securities...)
	if ip, err := netip.ParseAddr(s.Server); s.Security == inTheClear && s.Server != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
		p.Add("security", "network.security.clear")
	} else if s.Security == inTheClear && s.User != "" {
		p.Add("security", "network.security.account")
	}
}

// sameServer says whether a password would go to where it went before.
func (s *Settings) sameServer(o *Settings) bool {
	return s.Server == o.Server && s.Port == o.Port && s.Security == o.Security && s.User == o.User
}

// sender is the mail server of the settings.
func (s *Settings) sender(secret string) (mail.Sender, error) {
	u := url.URL{Scheme: "smtp", Host: net.JoinHostPort(s.Server, strconv.Itoa(s.Port))}
	switch s.Security {
	case fromTheStart:
		u.Scheme = "smtps"
	case inTheClear:
		u.RawQuery = "tls=none"
	}
	if s.User != "" {
		u.User = url.UserPassword(s.User, secret)
	}
	return mail.NewSMTP(u.String(), mail.From{Name: s.Name, Address: s.From})
}
