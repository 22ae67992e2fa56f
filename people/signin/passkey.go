package signin

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// Passkeys are W3C WebAuthn, level 2. We ask for no attestation, that is, not
// for a proof of which maker's device it is: what is left to check is who signed
// what, for whom, and when (sections 7.1 and 7.2). The browser hands the public
// key over as SubjectPublicKeyInfo, which the standard library reads.
//
// The owner is asked by their device for a finger, a face or a number each time
// (user verification): a passkey is two steps in one.

// asked are the challenges that are out, by the secret that is the challenge.
var asked web.Box = "passkey"

const askedLife = 10 * time.Minute

// challenge is what a passkey is asked for: a new one of somebody, or an old one
// of whoever comes.
type challenge struct {
	Member  string // who makes one; empty: who uses one is told by it
	Session string // in which they asked for it
	Next    string
}

// Passkey is one that somebody has.
type Passkey struct {
	ID     string // of the credential, base64
	Device string
	Day    time.Time // made
}

// Proof is what a browser answers, in base64.
type Proof struct{ ID, Client, Auth, Key, Signature string }

var errPasskey = fault.Wrong("", "signin.passkey.wrong")

// named says whether the network is reached by a name: there are no passkeys for
// a number (a site is a valid domain: WebAuthn, 5.1.3, 7).
func (s *Service) named() bool {
	u, err := url.Parse(s.origin)
	return err == nil && net.ParseIP(u.Hostname()) == nil
}

// askPasskey makes a challenge.
func (s *Service) askPasskey(ctx context.Context, c challenge) (secret string, err error) {
	secret = id.Secret()
	err = s.db.Write(db.Apart(ctx), func(ctx context.Context, tx *db.Tx) error {
		return asked.Put(ctx, tx, secret, c, time.Now().Add(askedLife))
	})
	return secret, err
}

// spendChallenge takes a challenge, so that it is answered once.
func spendChallenge(ctx context.Context, tx *db.Tx, secret string) (c challenge, err error) {
	_, err = asked.Get(ctx, tx, secret, time.Now(), &c)
	if err == nil {
		var held bool
		if held, err = asked.Drop(ctx, tx, secret); err == nil && !held {
			err = db.ErrNone
		}
	}
	if errors.Is(err, db.ErrNone) {
		err = errPasskey
	}
	return c, err
}

// AddPasskey gives the viewer a passkey, as the answer to a challenge that was
// made for them, while the session that asked for it stands: whoever is thrown out
// of an account leaves no door open behind them.
func (s *Service) AddPasskey(ctx context.Context, v *access.Viewer, secret string, p Proof, agent string) error {
	auth, err := s.check(p, "webauthn.create", secret)
	if err != nil {
		return err
	}
	if !bytes.Equal(auth.credential, unpacked(p.ID)) || len(auth.credential) == 0 {
		return passkeyFault("another credential than it says")
	}
	key := unpacked(p.Key)
	if _, err := publicKey(key); err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, v.Member); err != nil {
			return err
		}
		c, err := spendChallenge(ctx, tx, secret)
		if err != nil {
			return err
		}
		if c.Member != v.Member {
			return passkeyFault("a challenge of somebody else")
		}
		if err := standsStill(ctx, tx, c.Session, time.Now()); fault.Is(err, fault.NotFound) {
			return passkeyFault("the session that asked has ended")
		} else if err != nil {
			return err
		}
		return insertPasskey(ctx, tx, v.Member, packed(auth.credential), packed(key), auth.uses, device(agent), today(time.Now()))
	})
	if errors.Is(err, db.ErrConflict) {
		return passkeyFault("it is here already")
	}
	return err
}

// WithPasskey opens a session for whoever answers a challenge with a passkey.
func (s *Service) WithPasskey(ctx context.Context, secret string, p Proof, client, agent string) (in In, err error) {
	if err := followLink.Take(ctx, s.db, client, time.Now()); err != nil {
		return in, err
	}
	auth, err := s.check(p, "webauthn.get", secret)
	if err != nil {
		return in, err
	}
	token := id.Secret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := spendChallenge(ctx, tx, secret)
		if err != nil {
			return err
		}
		if c.Member != "" {
			return passkeyFault("a challenge to make one")
		}
		member, public, uses, err := passkeyOf(ctx, tx, packed(unpacked(p.ID)))
		if err != nil {
			return err
		}
		key, err := publicKey(unpacked(public))
		if err != nil {
			return err
		}
		if !signed(key, append(unpacked(p.Auth), auth.client[:]...), unpacked(p.Signature)) {
			return passkeyFault("the signature is not its")
		}
		// A counter that goes back is that of a copy (7.2, 21). Many count nothing.
		if (auth.uses > 0 || uses > 0) && auth.uses <= uses {
			return passkeyFault("its counter went back")
		}
		in.Next = c.Next
		if err := usedPasskey(ctx, tx, packed(unpacked(p.ID)), auth.uses); err != nil {
			return err
		}
		return insertSession(ctx, tx, id.Hash(token), half{Member: member, Device: device(agent)}, time.Now())
	})
	if err == nil {
		in.Token = token
	}
	return in, err
}

// DropPasskey takes one of the viewer's passkeys away, and ends every other
// session; NotFound if it is not theirs.
func (s *Service) DropPasskey(ctx context.Context, v *access.Viewer, credential, here string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, v.Member); err != nil {
			return err
		}
		n, err := dropPasskey(ctx, tx, v.Member, credential)
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		return endOthers(ctx, tx, v.Member, id.Hash(here))
	})
}

// passkeyFault tells a person that it did not work, and the log why.
func passkeyFault(why string) error {
	return &fault.Error{Kind: fault.Invalid, Problems: errPasskey.Problems, Err: errors.New("signin: a passkey: " + why)}
}

// authData is what a device says of itself (6.1).
type authData struct {
	uses       int64
	credential []byte            // of a new one
	client     [sha256.Size]byte // the hash of what the browser says
}

const (
	present  = 0x01 // somebody was there
	verified = 0x04 // and it was the owner
	attested = 0x40 // a new credential comes along
)

// check looks whether an answer is to our challenge, from our own pages, for
// this site, and by its owner's hand.
func (s *Service) check(p Proof, kind, secret string) (out authData, err error) {
	client := unpacked(p.Client)
	var said struct {
		Type, Challenge, Origin string
		CrossOrigin             bool
	}
	if err := json.Unmarshal(client, &said); err != nil {
		return out, passkeyFault("the browser said nothing that can be read")
	}
	u, err := url.Parse(s.origin)
	if err != nil {
		return out, err
	}
	site := sha256.Sum256([]byte(u.Hostname()))
	auth := unpacked(p.Auth)
	switch {
	case said.Type != kind:
		return out, passkeyFault("it was asked for something else")
	case said.Challenge != base64.RawURLEncoding.EncodeToString([]byte(secret)) || secret == "":
		return out, passkeyFault("another challenge")
	case said.Origin != s.origin || said.CrossOrigin:
		return out, passkeyFault("it was asked by another page")
	case len(auth) < 37 || !bytes.Equal(auth[:32], site[:]):
		return out, passkeyFault("it is for another site")
	case auth[32]&present == 0 || auth[32]&verified == 0:
		return out, passkeyFault("its owner was not asked")
	}
	out.client = sha256.Sum256(client)
	out.uses = int64(binary.BigEndian.Uint32(auth[33:37]))
	if auth[32]&attested != 0 && len(auth) >= 55 { // after it: 16 bytes of model, 2 of length
		if n := int(binary.BigEndian.Uint16(auth[53:55])); len(auth) >= 55+n {
			out.credential = auth[55 : 55+n]
		}
	}
	return out, nil
}

// publicKey reads a key of one of the kinds we ask for: ES256, EdDSA, RS256.
func publicKey(der []byte) (any, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, passkeyFault("its key can't be read")
	}
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return key, nil
		}
	case ed25519.PublicKey:
		return key, nil
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n >= 2048 && n <= 8192 {
			return key, nil
		}
	}
	return nil, passkeyFault(fmt.Sprintf("a key of a kind nobody asked for: %T", key))
}

// signed says whether a signature is a key's.
func signed(key any, what, signature []byte) bool {
	sum := sha256.Sum256(what)
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, sum[:], signature)
	case ed25519.PublicKey:
		return ed25519.Verify(k, what, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], signature) == nil
	}
	return false
}

func packed(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// unpacked reads base64; what is none is nothing, and fails where it is needed.
func unpacked(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
