"use strict";
// Passkeys: the form on the page says what is asked for, the browser asks its
// owner, and the answer goes where the form goes.
{
  const form = document.querySelector("[data-passkey]");
  const said = form && form.querySelector("[role=status]");
  const bytes = (text) => new TextEncoder().encode(text);
  const raw = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const packed = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const ask = async ({ passkey, challenge, site, user, name, known }) => {
    if (passkey === "get") {
      const c = await navigator.credentials.get({ publicKey: { challenge: bytes(challenge), userVerification: "required" } });
      return { id: c.rawId, client: c.response.clientDataJSON, auth: c.response.authenticatorData, signature: c.response.signature };
    }
    const c = await navigator.credentials.create({ publicKey: {
      challenge: bytes(challenge),
      rp: { name: site },
      user: { id: bytes(user), name, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
      excludeCredentials: known.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: raw(id) })),
    } });
    return { id: c.rawId, client: c.response.clientDataJSON, auth: c.response.getAuthenticatorData(), key: c.response.getPublicKey() };
  };
  if (form && window.PublicKeyCredential) {
    form.hidden = false;
    form.addEventListener("submit", async (e) => {
      if (form.elements.id.value) return;
      e.preventDefault();
      said.textContent = "";
      try {
        for (const [field, value] of Object.entries(await ask(form.dataset))) form.elements[field].value = packed(value);
        form.submit();
      } catch {
        said.textContent = said.dataset.failed;
      }
    });
  }
}
