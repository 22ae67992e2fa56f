// A page shown to somebody signed in does not come back from the browser's
// memory as it was: they may have signed out, and somebody else pressed Back.
// It is loaded anew. A form would lose what was typed: of that it is only asked
// whether whoever is here may see it, and for a fresh key to send it with.
addEventListener("pageshow", async (e) => {
  const { body } = document;
  if (!e.persisted || !body.hasAttribute("data-private")) return;
  body.hidden = true;
  if (document.querySelector("[method=post] :is(textarea, select, input:not([type=hidden], [type=password]))")) {
    try {
      const text = await (await fetch(location, { redirect: "error" })).text();
      const { value } = new DOMParser().parseFromString(text, "text/html").querySelector("[data-private] [name=form_key]");
      document.querySelectorAll("[name=form_key]").forEach((key) => (key.value = value));
      body.hidden = false;
      return;
    } catch {}
  }
  location.reload();
});
