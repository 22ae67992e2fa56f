package signin

import (
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

const passkeyPath = "/you/passkeys"

var proofFields = []string{"id", "client", "auth", "key", "signature", "challenge", "do", "next"}

func (s *Service) passkeyPages() []web.Route {
	return []web.Route{
		web.FormAt("/sign-in/passkey", anyone, web.Form{Fields: proofFields, Again: true, Show: s.showUsePasskey, Save: s.saveUsePasskey}),
		web.FormAt(passkeyPath, mine, web.Form{Fields: proofFields, Fill: s.fillPasskeys, Show: s.showPasskeys, Save: s.savePasskey}),
		web.Do(passkeyPath+"/remove", mine, s.saveDropPasskey, "id"),
	}
}

func proof(f *ui.Form) Proof {
	return Proof{ID: f.Get("id"), Client: f.Get("client"), Auth: f.Get("auth"), Key: f.Get("key"), Signature: f.Get("signature")}
}

// begun leaves on a form the challenge that was made, and nothing of the answer
// to the one before.
func begun(f *ui.Form, secret string) web.Next {
	f.Values = url.Values{"challenge": {secret}, "next": {f.Get("next")}}
	return web.Next{Look: true}
}

func (s *Service) showUsePasskey(r *web.Request, f *ui.Form) (templ.Component, error) {
	if len(f.Problems) > 0 {
		f.Values.Del("challenge") // it is spent
	}
	return usePasskeyView(r.Page, f, s.named()), nil
}

func (s *Service) saveUsePasskey(r *web.Request, f *ui.Form) (web.Next, error) {
	if f.Get("do") == "begin" {
		if err := followLink.Take(r.Context(), s.db, r.Client(), time.Now()); err != nil {
			return web.Next{}, err
		}
		secret, err := s.askPasskey(r.Context(), challenge{Next: next(f.Get("next"))})
		return begun(f, secret), err
	}
	in, err := s.WithPasskey(r.Context(), f.Get("challenge"), proof(f), r.Client(), r.UserAgent())
	if err != nil {
		return web.Next{}, err
	}
	return s.enter(r, in)
}

func (s *Service) fillPasskeys(r *web.Request) (map[string][]string, error) {
	return url.Values{}, s.Fresh(r, passkeyPath)
}

// making is what a browser needs to know to make a passkey.
type making struct {
	user, name string
	known      string // ids of those there are, so that a device makes no second one
}

func (s *Service) showPasskeys(r *web.Request, f *ui.Form) (templ.Component, error) {
	all, err := passkeys(r.Context(), s.db, r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	email, _, err := s.addresses.Login(r.Context(), r.Viewer.Member)
	if err != nil {
		return nil, err
	}
	if len(f.Problems) > 0 {
		f.Values.Del("challenge")
	}
	var ids []string
	for _, x := range all {
		ids = append(ids, x.ID)
	}
	// The device keeps this number beside the passkey: it says nothing by itself.
	m := making{user: id.Hash("passkey " + r.Viewer.Member)[:32], name: email, known: strings.Join(ids, " ")}
	return passkeysView(r.Page, f, all, m, s.named()), nil
}

func (s *Service) savePasskey(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.Fresh(r, passkeyPath); err != nil {
		return web.Next{}, err
	}
	if f.Get("do") == "begin" {
		secret, err := s.askPasskey(r.Context(), challenge{Member: r.Viewer.Member, Session: id.Hash(s.here(r))})
		return begun(f, secret), err
	}
	if f.Get("id") == "" {
		return web.Next{}, fault.Wrong("", "signin.passkey.script")
	}
	return web.Next{To: passkeyPath, Done: "signin.passkey.done"}, s.AddPasskey(r.Context(), r.Viewer, f.Get("challenge"), proof(f), r.UserAgent())
}

func (s *Service) saveDropPasskey(r *web.Request, f *ui.Form) (web.Next, error) {
	if err := s.Fresh(r, passkeyPath); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: passkeyPath, Done: "signin.passkey.dropped.done"}, s.DropPasskey(r.Context(), r.Viewer, f.Get("id"), s.here(r))
}
