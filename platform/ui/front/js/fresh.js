// A page shown to somebody signed in does not come back from the browser's
// memory as it was: they may have signed out, and somebody else pressed Back.
// It is loaded anew. Where that would lose words not sent yet, it is only asked
// whether whoever is here may see it, and for a fresh key to send them with.
addEventListener("pageshow", async (e) => {
  const { body } = document;
  if (!e.persisted || !body.hasAttribute("data-private")) return;
  body.hidden = true;
  const typed = [...document.querySelectorAll("form[method=post] :is(textarea, option, input:not([type=hidden], [type=password]))")].some((f) =>
    f.localName === "option" ? f.selected !== f.defaultSelected : f.value !== f.defaultValue || f.checked !== f.defaultChecked,
  );
  if (typed) {
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const key = page.querySelector("input[name=form_key]");
      if (answer.ok && key && page.body.hasAttribute("data-private")) {
        document.querySelectorAll("input[name=form_key]").forEach((old) => (old.value = key.value));
        body.hidden = false;
        return;
      }
    } catch {}
  }
  location.reload();
});
