"use strict";
// Keeping one page on this phone for when there is no net: only once the button
// was pressed, and gone again by the other one, by "Leave this site" and by
// signing out. What is kept is what everybody sees: it is fetched without
// cookies. The worker named on the page answers for it.
{
  const box = document.querySelector("[data-keep]");
  const sw = navigator.serviceWorker;
  if (box && sw && window.caches) {
    const [keep, forget] = box.querySelectorAll("button");
    const said = box.querySelector("[role=status]");
    const page = `${location.pathname}?lang=${document.documentElement.lang}`;
    const files = () => [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((x) => x.href || x.src);
    const show = async (words) => {
      const is = Boolean(await caches.match(location.pathname, { ignoreSearch: true, ignoreVary: true }));
      keep.hidden = is;
      forget.hidden = !is;
      said.textContent = words || (is ? said.dataset.kept : "");
    };
    const drop = async () => {
      await caches.delete("kept");
      for (const r of await sw.getRegistrations()) await r.unregister();
    };
    const doing = (button, next, work, words) => button.addEventListener("click", async () => {
      try {
        await work();
        await show(words);
        next.focus();
      } catch {
        await drop().catch(() => {});
        await show(said.dataset.failed);
      }
    });
    doing(keep, forget, async () => {
      await caches.delete("kept");
      await sw.register(box.dataset.keep);
      const kept = await caches.open("kept");
      await kept.addAll([page, ...files()].map((url) => new Request(url, { credentials: "omit" })));
      await sw.ready;
    });
    doing(forget, keep, drop, said.dataset.gone);
    show().then(() => (box.querySelector("[hidden]").hidden = false), () => {});
  }
}
