// Keeps one page: the register of one talk, at the address that is this worker's scope. It answers for that page and for
// what the page is made of, from the network first; for no other page. js/register.js puts the copy there and takes it away.
const HERE = new URL(self.registration.scope).pathname;
const KEPT = `register:${HERE}`;
const PATIENCE = 6000; // milliseconds: a network that is there and answers nobody is none
const OLDEST = 7 * 24 * 60 * 60 * 1000;
const OUT = [401, 403, 404, 410]; // whoever may not see the page any more keeps no copy

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === HERE) event.respondWith(page(request));
  } else if (["style", "script", "font", "image"].includes(request.destination)) {
    event.respondWith(part(request));
  }
});

const find = (what) => caches.match(what, {cacheName: KEPT, ignoreVary: true});

async function page(request) {
  const copy = await find(HERE);
  try {
    const fresh = await (copy ? soon(fetch(request)) : fetch(request));
    if (fresh.type === "opaqueredirect" || OUT.includes(fresh.status)) await caches.delete(KEPT);
    return copy && fresh.status >= 500 ? copy : fresh;
  } catch {
    if (!copy) return Response.error();
    if (!isOld(copy)) return copy;
    await caches.delete(KEPT);
    return Response.error();
  }
}

function isOld(copy) {
  const [made] = (copy.headers.get("Date") || "").split(" GMT"); // some servers say it twice
  return Date.now() - Date.parse(`${made} GMT`) > OLDEST;
}

async function part(request) {
  return (await find(request)) || fetch(request);
}

function soon(answer) {
  const late = new Promise((_done, fail) => setTimeout(() => fail(new Error("late")), PATIENCE));
  return Promise.race([answer, late]);
}
