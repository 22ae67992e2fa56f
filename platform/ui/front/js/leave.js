// Leave this site: blank the page at once, then go, in place of this page in
// the history; a page that was kept on this phone goes, too. Pressing Shift three times in a row, and nothing else, does the
// same; capitals and shortcuts don't count.
{
  const link = document.querySelector("a.leave");
  const said = document.getElementById("said");
  let workers = []; // asked for now: there is no time to ask when somebody leaves
  try {
    navigator.serviceWorker.getRegistrations().then((all) => (workers = all), () => {});
  } catch {} // no such thing here
  const leave = () => {
    document.title = "…";
    try {
      sessionStorage.clear(); // where htmx notes the last address
      for (const w of workers) w.unregister();
      caches.delete("kept").catch(() => {});
    } catch {}
    document.body.replaceChildren();
    location.replace(link.dataset.leave || link.href);
  };
  let presses = 0, alone = false, timer;
  const forget = () => {
    if (presses) said.textContent = "";
    presses = 0;
    alone = false;
  };
  document.addEventListener("click", (e) => {
    if (e.target.closest("a[data-leave]")) {
      e.preventDefault();
      leave();
    }
  });
  if (link && said) {
    addEventListener("pointerdown", forget);
    addEventListener("keydown", (e) => {
      if (e.key !== "Shift") forget();
      else if (!e.repeat) alone = true;
    });
    addEventListener("keyup", (e) => {
      if (e.key !== "Shift" || !alone) return;
      alone = false;
      presses++;
      if (presses > 2) return leave();
      said.textContent = presses > 1 ? said.dataset.one : said.dataset.two;
      clearTimeout(timer);
      timer = setTimeout(forget, 5000);
    });
  }
}
