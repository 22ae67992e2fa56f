// Search as you type. htmx is bigger than a page of ours, so it is fetched when
// somebody first goes to such a form, and not at all where data is dear.
{
  const from = document.currentScript.dataset.htmx;
  const frugal = navigator.connection && navigator.connection.saveData;
  const said = document.getElementById("said");
  let asked = false;
  const fetchIt = (e) => {
    const form = e.target.closest && e.target.closest("form[data-live]");
    if (!form || asked || !from || frugal) return;
    asked = true;
    let typed = false;
    form.addEventListener("input", () => (typed = true), { once: true });
    const script = document.createElement("script");
    script.src = from;
    script.onload = () => {
      document.querySelectorAll("form[data-live]").forEach((f) => htmx.process(f));
      if (typed) htmx.trigger(form, "input"); // what was typed while it came
    };
    // htmx reads its settings only from a page that has arrived in full.
    if (document.readyState === "complete") document.head.append(script);
    else addEventListener("load", () => document.head.append(script));
  };
  addEventListener("focusin", fetchIt);
  addEventListener("pointerdown", fetchIt);
  // Another page came: they are signed out, for example. It is shown as one.
  addEventListener("htmx:beforeSwap", (e) => {
    const { shouldSwap, target, xhr, requestConfig } = e.detail;
    if (!shouldSwap || xhr.responseText.includes(`id="${target.id}"`)) return;
    e.detail.shouldSwap = false;
    requestConfig.elt.submit();
  });
  // The answer replaces the list alone. Its counts go where they stand, so that
  // no box moves under a finger, and how many were found is said aloud.
  addEventListener("htmx:afterSwap", (e) => {
    const page = new DOMParser().parseFromString(e.detail.xhr.responseText, "text/html");
    for (const n of page.querySelectorAll("[data-n],select option")) {
      const at = n.id ? `#${n.id}` : `#${n.parentElement.id} [value="${n.value}"]`;
      (document.querySelector(at) || {}).textContent = n.textContent;
    }
    said.textContent = (page.querySelector("[data-found]") || said).textContent;
  });
}
