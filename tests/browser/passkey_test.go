package browser

import (
	"testing"

	"github.com/chromedp/cdproto/webauthn"
)

// A passkey is made and used in Chromium, with a device of the browser's own; one
// whose owner says no opens nothing, and says so.
func TestPasskey(t *testing.T) {
	h := open(t)
	b := h.tab(t)
	b.as("member")
	call(b, webauthn.Enable, webauthn.EnableParams{})
	id := call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}).AuthenticatorID
	there := func(sel string) {
		t.Helper()
		b.wait(`document.querySelectorAll(%s).length === 1`, sel)
	}
	b.open("/you/passkeys")
	b.follow(`button[value=begin]`)
	there("[data-passkey=create] button")
	b.follow("[data-passkey] button")
	if b.where() != "/you/passkeys" || !eval[bool](b, `!!document.querySelector(".done") && !!document.querySelector("main ul.lines button")`) {
		t.Fatalf("no passkey was made: %s", b.text("main"))
	}
	there("main ul.lines button")
	b.forget("withus")
	b.open("/sign-in?next=/links")
	b.follow(`button[value=begin]`)
	// Its owner says no first.
	call(b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: false})
	b.click("[data-passkey] button")
	b.wait(`document.querySelector("[data-passkey] [role=status]").textContent !== ""`)
	there("[data-passkey=get] button")
	call(b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: true})
	b.follow("[data-passkey] button")
	if b.where() != "/links" {
		t.Errorf("the passkey leads to %s: %s", b.where(), b.text("main"))
	}
	b.open("/you")
	if got := b.text("main"); eval[int](b, `document.querySelectorAll("#member-you").length`) != 1 {
		t.Errorf("signed in by a passkey they see %s", got)
	}
	b.open("/you/passkeys")
	b.follow(`main ul.lines button`)
	b.forget("withus")
	b.open("/sign-in")
	b.follow(`button[value=begin]`)
	b.forgive("/sign-in/passkey")
	b.follow("[data-passkey] button")
	there(".summary") // one that was taken away opens nothing
}
