package signin

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
)

// gadget is a passkey on somebody's device, as the standard has it sign.
type gadget struct {
	t      *testing.T
	key    crypto.Signer
	id     []byte
	uses   uint32
	flags  byte
	site   string
	origin string
}

func newDevice(t *testing.T, key crypto.Signer) *gadget {
	t.Helper()
	d := &gadget{t: t, key: key, id: make([]byte, 16), flags: present | verified, site: "house.example", origin: "https://house.example"}
	rand.Read(d.id)
	return d
}

func ecKey(t *testing.T) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// answers what a browser and a device answer to a challenge.
func (d *gadget) answer(kind, secret string) Proof {
	d.t.Helper()
	client, err := json.Marshal(map[string]any{"type": kind, "challenge": base64.RawURLEncoding.EncodeToString([]byte(secret)), "origin": d.origin, "crossOrigin": false})
	if err != nil {
		d.t.Fatal(err)
	}
	site := sha256.Sum256([]byte(d.site))
	auth := append(site[:], d.flags)
	auth = binary.BigEndian.AppendUint32(auth, d.uses)
	p := Proof{ID: packed(d.id), Client: packed(client)}
	if kind == "webauthn.create" {
		auth[32] |= attested
		auth = append(auth, make([]byte, 16)...)
		auth = binary.BigEndian.AppendUint16(auth, uint16(len(d.id)))
		auth = append(append(auth, d.id...), "a key in CBOR, which is not read"...)
		der, err := x509.MarshalPKIXPublicKey(d.key.Public())
		if err != nil {
			d.t.Fatal(err)
		}
		p.Key = packed(der)
	}
	p.Auth = packed(auth)
	sum := sha256.Sum256(client)
	what := append(auth[:len(auth):len(auth)], sum[:]...)
	hash := crypto.Hash(0)
	if _, ed := d.key.(ed25519.PrivateKey); !ed {
		s := sha256.Sum256(what)
		what, hash = s[:], crypto.SHA256
	}
	sig, err := d.key.Sign(rand.Reader, what, hash)
	if err != nil {
		d.t.Fatal(err)
	}
	p.Signature = packed(sig)
	return p
}

func (s *room) ask(member string) string {
	s.t.Helper()
	c := challenge{Member: member, Next: "/groups"}
	if member != "" {
		c.Session = id.Hash(id.Secret())
		err := s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return insertSession(ctx, tx, c.Session, half{Member: member, Device: device(agent)}, time.Now())
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	secret, err := s.askPasskey(s.t.Context(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

func (s *room) add(member string, d *gadget) {
	s.t.Helper()
	secret := s.ask(member)
	if err := s.AddPasskey(s.t.Context(), viewer(member), secret, d.answer("webauthn.create", secret), agent); err != nil {
		s.t.Fatal(err)
	}
}

// Each of the kinds of keys we ask for opens its owner's door, and counts as both
// steps.
func TestPasskeys(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		_, ed, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		rs, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		s.secondFor("ana")
		for name, key := range map[string]crypto.Signer{"ES256": ecKey(t), "EdDSA": ed, "RS256": rs} {
			d := newDevice(t, key)
			s.add("ana", d)
			secret := s.ask("")
			in, err := s.WithPasskey(t.Context(), secret, d.answer("webauthn.get", secret), client, agent)
			if err != nil || s.who(in.Token) != "ana" || in.Next != "/groups" {
				t.Errorf("%s: %+v, %v", name, in, err)
			}
		}
		all, err := passkeys(t.Context(), s.db, "ana")
		if err != nil || len(all) != 3 {
			t.Fatalf("%d passkeys, %v", len(all), err)
		}
		if err := s.DropPasskey(t.Context(), viewer("ben"), all[0].ID, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else took it away: %v", err)
		}
		if err := s.DropPasskey(t.Context(), viewer("ana"), all[0].ID, ""); err != nil {
			t.Error(err)
		}
		if n := s.count(`SELECT count(*) FROM signin_session`); n != 0 {
			t.Errorf("%d sessions are left when a passkey was taken away", n)
		}
	})
}

// What is wrong with an answer, and by whom: none of it opens anything.
func TestPasskeysOfOthers(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		d := newDevice(t, ecKey(t))
		d.uses = 5
		s.add("ana", d)
		other := newDevice(t, ecKey(t))
		other.id = d.id
		with := func(change func(d *gadget)) *gadget {
			c := *d
			c.uses = 9
			change(&c)
			return &c
		}
		field := func(of func(p *Proof)) func(string) Proof {
			return func(secret string) Proof {
				p := with(func(*gadget) {}).answer("webauthn.get", secret)
				of(&p)
				return p
			}
		}
		get := func(d *gadget) func(string) Proof {
			return func(secret string) Proof { return d.answer("webauthn.get", secret) }
		}
		for what, answer := range map[string]func(secret string) Proof{
			"another's key":               get(other),
			"another site":                get(with(func(d *gadget) { d.site = "evil.example" })),
			"a part of the site":          get(with(func(d *gadget) { d.site = "example" })),
			"another page":                get(with(func(d *gadget) { d.origin = "https://evil.example" })),
			"the same without encryption": get(with(func(d *gadget) { d.origin = "http://house.example" })),
			"nobody was there":            get(with(func(d *gadget) { d.flags = verified })),
			"nobody knows who":            get(with(func(d *gadget) { d.flags = present })),
			"a counter that stands":       get(with(func(d *gadget) { d.uses = 5 })),
			"a counter that went back":    get(with(func(d *gadget) { d.uses = 0 })),
			"an answer to another":        func(string) Proof { return d.answer("webauthn.get", "AAAA") },
			"an answer for a new one":     func(secret string) Proof { return with(func(*gadget) {}).answer("webauthn.create", secret) },
			"nothing":                     func(string) Proof { return Proof{} },
			"no base64":                   field(func(p *Proof) { p.Client, p.Auth = "%", "%" }),
			"a short answer":              field(func(p *Proof) { p.Auth = packed(unpacked(p.Auth)[:20]) }),
			"no signature":                field(func(p *Proof) { p.Signature = "" }),
			"a flipped bit":               field(func(p *Proof) { b := unpacked(p.Auth); b[36] ^= 1; p.Auth = packed(b) }),
			"nobody's passkey":            field(func(p *Proof) { p.ID = packed([]byte("another credential")) }),
		} {
			secret := s.ask("")
			if in, err := s.WithPasskey(ctx, secret, answer(secret), client, agent); !fault.Is(err, fault.Invalid) || in.Token != "" {
				t.Errorf("%s: %+v, %v", what, in, err)
			}
		}
		right := with(func(*gadget) {})
		secret := s.ask("ana")
		if _, err := s.WithPasskey(ctx, secret, right.answer("webauthn.get", secret), client, agent); !fault.Is(err, fault.Invalid) {
			t.Errorf("a challenge to make one: %v", err)
		}
		if _, err := s.WithPasskey(ctx, "", right.answer("webauthn.get", ""), client, agent); !fault.Is(err, fault.Invalid) {
			t.Errorf("no challenge: %v", err)
		}
		// A challenge is answered once, by one of those who come at once.
		secret = s.ask("")
		p := right.answer("webauthn.get", secret)
		var wg sync.WaitGroup
		var mu sync.Mutex
		n := 0
		for range 6 {
			wg.Go(func() {
				_, err := s.WithPasskey(ctx, secret, p, client, agent)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					n++
				} else if !fault.Is(err, fault.Invalid) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n != 1 {
			t.Errorf("one answer opened %d times", n)
		}
	})
}

// What can't be made a passkey, and by whom.
func TestMakingPasskeys(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		weak, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		d := newDevice(t, ecKey(t))
		make := func(member, by string, d *gadget, change func(p *Proof)) error {
			secret := s.ask(member)
			p := d.answer("webauthn.create", secret)
			change(&p)
			return s.AddPasskey(ctx, viewer(by), secret, p, agent)
		}
		as := func(*Proof) {}
		for what, err := range map[string]error{
			"somebody else's challenge": make("ben", "ana", d, as),
			"a challenge to use one":    make("", "ana", d, as),
			"a weak key":                make("ana", "ana", newDevice(t, weak), as),
			"a curve nobody asked for":  make("ana", "ana", newDevice(t, p384), as),
			"no key":                    make("ana", "ana", d, func(p *Proof) { p.Key = "" }),
			"another id than it signs":  make("ana", "ana", d, func(p *Proof) { p.ID = packed([]byte("another")) }),
			"no credential in it":       make("ana", "ana", d, func(p *Proof) { p.Auth = packed(unpacked(p.Auth)[:37]) }),
			"a length that lies":        make("ana", "ana", d, func(p *Proof) { b := unpacked(p.Auth); b[53] = 0xff; p.Auth = packed(b) }),
		} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := make("ana", "ana", d, as); err != nil {
			t.Error(err)
		}
		if err := make("ben", "ben", d, as); !fault.Is(err, fault.Invalid) {
			t.Errorf("the same one twice: %v", err)
		}
	})
}

// Whoever is thrown out of an account while they give it a passkey has given it none:
// both wait for the account's turn, and the session that asked is gone then.
func TestNoPasskeyForWhoIsThrownOut(t *testing.T) {
	rooms(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		d := newDevice(t, ecKey(t))
		secret := s.ask("ana")
		added := make(chan error, 1)
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := turn(ctx, tx, "ana"); err != nil {
				return err
			}
			go func() {
				added <- s.AddPasskey(t.Context(), viewer("ana"), secret, d.answer("webauthn.create", secret), agent)
			}()
			select {
			case err := <-added:
				return fmt.Errorf("it was not its turn: %w", err)
			case <-time.After(100 * time.Millisecond):
			}
			return shut(ctx, tx, "ana")
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-added; !fault.Is(err, fault.Invalid) {
			t.Errorf("a passkey of a session that has ended: %v", err)
		}
		if n := s.count(`SELECT count(*) FROM signin_passkey`); n != 0 {
			t.Errorf("%d passkeys open the account", n)
		}
	})
}
