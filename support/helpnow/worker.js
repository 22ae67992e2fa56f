"use strict";
// Whoever kept a country's page gets it here when there is no net, or a slow
// one. It answers for that one page and the files it needs; everything else goes
// its way as if this were not here.
const same = { ignoreSearch: true, ignoreVary: true };
const patience = 4000; // milliseconds: as long as somebody looks at a white page

addEventListener("install", () => skipWaiting());

// What is kept is the page everybody sees, whoever is signed in; it is fetched
// anew each time the page is opened with a net, so that a line that is no longer
// shown is gone from the copy, too.
const renew = async (copy) => {
  const fresh = await fetch(copy.url, { credentials: "omit" });
  if (fresh.ok && (await caches.has("kept"))) await (await caches.open("kept")).put(copy.url, fresh);
};

addEventListener("fetch", (e) => {
  const { request } = e, { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (pathname.startsWith("/assets/")) {
    e.respondWith(caches.match(request, same).then((file) => file || fetch(request)));
  } else if (request.mode === "navigate") {
    const found = caches.match(request, same);
    const asked = fetch(request);
    e.respondWith(found.then((copy) => {
      if (!copy) return asked;
      const late = new Promise((done) => setTimeout(done, patience, copy.clone()));
      return Promise.race([asked.catch(() => copy), late]);
    }));
    e.waitUntil(asked.then(async () => (await found) && renew(await found)).catch(() => {}));
  }
});
