// The register where there may be no network. Ticks wait on this device, without names, and are sent by the page's own
// form as soon as that works; each says "so many of this family came", so that sending one twice does no harm. On request
// the page itself is kept, by register_worker.js. Without this file the page is an ordinary form.
const HERE = location.pathname;
const KEPT = `register:${HERE}`; // the page
const SOON = 700; // milliseconds after the last tick, to send several at once
const device = document.getElementById("device");
const WAITING = `${KEPT}:${device.dataset.by}`; // the ticks of whoever is signed in: others neither see nor send them
const by = (id) => document.getElementById(id);
let memory = null; // where a browser keeps nothing
let timer = 0;
let busy = false;

const read = () => {
  try { memory = JSON.parse(localStorage.getItem(WAITING)); } catch { /* it stays in memory */ }
  return memory || {ticks: {}, walkIns: []};
};
const write = (waiting) => {
  memory = waiting;
  try {
    if (count(waiting)) localStorage.setItem(WAITING, JSON.stringify(waiting));
    else localStorage.removeItem(WAITING);
  } catch { /* it stays in memory */ }
};
const count = ({ticks, walkIns}) => Object.keys(ticks).length + walkIns.length;

// What the page says; the words stand in the page, in its language.
function say(where, which, number) {
  const words = device.querySelector(`[data-say=${which}]`).cloneNode(true);
  if (number !== undefined) words.querySelector("b").textContent = String(number);
  by(where).replaceChildren(...words.childNodes);
  if (where === "waits") by("send").hidden = number === undefined || which === "sending" || which === "finished";
}

// The rows of the list: their fields, and what waits shown in them.
const row = (id) => ({
  box: by(`here-${id}`), many: document.getElementsByName(`many-${id}`)[0], was: document.getElementsByName(`was-${id}`)[0],
});
const number = (field) => (field && field.value !== "" ? Number(field.value) : null);

function show() {
  const waiting = read();
  document.querySelectorAll("#ticks .unsent").forEach((line) => line.classList.remove("unsent"));
  for (const [id, tick] of Object.entries(waiting.ticks)) {
    const {box, many} = row(id);
    if (!box) continue;
    box.checked = tick.came !== null;
    if (many && tick.came) many.value = String(tick.came);
    box.closest("tr").classList.add("unsent");
  }
  if (count(waiting) && !busy) say("waits", "finished" in device.dataset ? "finished" : "waiting", count(waiting));
}

function ticked({target}) {
  const id = target.name?.replace(/^(here|many)-/, "");
  if (!id || id === target.name) return;
  const {box, many, was} = row(id);
  if (target === many) box.checked = true;
  const waiting = read();
  const earlier = waiting.ticks[id];
  // What was sent may have arrived, though no reply did.
  const before = earlier ? ("tried" in earlier ? earlier.tried : earlier.was) : number(was);
  const came = box.checked ? number(many) ?? 1 : null;
  if (came === before) delete waiting.ticks[id];
  else waiting.ticks[id] = {came, was: before};
  write(waiting);
  if (!count(waiting)) by("waits").replaceChildren();
  show();
  later();
}

function walkedIn(event) {
  const form = event.target.closest("[data-walk-in]");
  const people = Number(form.elements.people.value);
  if (!Number.isInteger(people) || people < 1) return; // the server says how to mend it
  event.preventDefault();
  event.stopPropagation();
  const waiting = read();
  const told = {way: form.elements.way.value, people, do: event.submitter?.value || "add", note: crypto.randomUUID()};
  waiting.walkIns.push(told);
  write(waiting);
  form.elements.people.value = "1";
  show();
  later();
}

// Sending: look first who we are and fetch the proof that the form is ours, then send, then show how it stands now.
const later = () => { clearTimeout(timer); timer = setTimeout(sendAll, SOON); };

async function fetchPage() {
  const answer = await fetch(HERE, {redirect: "manual", cache: "no-store"});
  if (answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status)) {
    await caches.delete(KEPT);
    throw new Error("signed_out");
  }
  if (!answer.ok) throw new Error("refused");
  const copy = answer.clone();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.getElementById("device")?.dataset.by !== device.dataset.by) { // somebody else has signed in meanwhile
    await caches.delete(KEPT);
    throw new Error("signed_out");
  }
  if (await caches.has(KEPT)) await (await caches.open(KEPT)).put(HERE, copy);
  return page;
}

async function post(address, fields, page) {
  const body = new URLSearchParams(fields);
  body.set("csrf_token", page.querySelector("#ticks [name=csrf_token]").value);
  const answer = await fetch(address, {method: "POST", body});
  if (answer.status === 409) throw new Error("finished");
  if (!answer.ok) throw new Error("refused");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function sendAll() {
  if (busy) return later();
  const waiting = read();
  if (!count(waiting) || "finished" in device.dataset) return undefined;
  busy = true;
  say("waits", "sending", count(waiting));
  try {
    let page = await fetchPage();
    const crossed = await sendTicks(waiting.ticks, page);
    await sendWalkIns(waiting.walkIns, page);
    page = await fetchPage();
    renew(page, crossed);
    busy = false;
    if (count(read())) later();
    else say("waits", "sent");
  } catch (error) {
    busy = false;
    const known = ["signed_out", "refused", "finished"].includes(error.message);
    if (error.message === "finished") device.dataset.finished = "";
    if (known) await showKept();
    say("waits", known ? error.message : "waiting", count(read()));
  }
  return undefined;
}

async function sendTicks(ticks, page) {
  const fields = {};
  for (const [id, tick] of Object.entries(ticks)) {
    const {came, was} = tick;
    tick.tried = came;
    fields[`was-${id}`] = was ?? "";
    if (came !== null) Object.assign(fields, {[`here-${id}`]: "yes", [`many-${id}`]: came});
  }
  if (!Object.keys(fields).length) return null;
  const trying = read();
  for (const [id, {tried}] of Object.entries(ticks)) if (trying.ticks[id]) trying.ticks[id].tried = tried;
  write(trying);
  const reply = await post(HERE, fields, page);
  const left = read();
  for (const [id, {came}] of Object.entries(ticks)) {
    if (left.ticks[id]?.came === came) delete left.ticks[id];
    else if (left.ticks[id]) left.ticks[id] = {came: left.ticks[id].came, was: came}; // ticked again meanwhile
  }
  write(left);
  return reply.querySelector("#crossed");
}

async function sendWalkIns(walkIns, page) {
  const address = document.querySelector("[data-walk-in]")?.action;
  for (const told of walkIns) {
    await post(address, told, page);
    const left = read();
    left.walkIns = left.walkIns.filter(({note}) => note !== told.note);
    write(left);
  }
}

function renew(page, crossed) {
  const focused = document.activeElement?.id;
  const list = document.importNode(page.getElementById("list"), true);
  if (crossed) list.prepend(document.importNode(crossed, true));
  by("list").replaceWith(list);
  if (page.querySelector("#device[data-finished]")) device.dataset.finished = "";
  if (focused && document.activeElement?.id !== focused) by(focused)?.focus();
  show();
}

// Keeping the page, and taking it off.
async function showKept() {
  const is = await caches.has(KEPT);
  const over = "finished" in device.dataset;
  if (is || !over) say("kept", is ? "kept" : "not_kept");
  else by("kept").replaceChildren();
  by("keep").hidden = is || over;
  by("off").hidden = !is && !(over && count(read()));
}

async function keep() {
  try {
    await navigator.serviceWorker.register(device.dataset.worker, {scope: HERE});
    await caches.open(KEPT);
    await fetchPage();
    await keepParts();
  } catch {
    await caches.delete(KEPT);
    say("kept", "not_possible");
    return;
  }
  await showKept();
  by("off").focus();
}

async function keepParts() {
  const parts = [...document.querySelectorAll("link[href], script[src], img[src]")].map((part) => part.href || part.src);
  const fonts = performance.getEntriesByType("resource").map(({name}) => name).filter((name) => name.endsWith(".woff2"));
  const wanted = new Set([...parts, ...fonts].filter((address) => new URL(address).origin === location.origin));
  const cache = await caches.open(KEPT);
  for (const old of await cache.keys()) {
    if (new URL(old.url).pathname !== HERE && !wanted.has(old.url)) await cache.delete(old);
  }
  for (const address of wanted) {
    if (!(await cache.match(address, {ignoreVary: true}))) await cache.add(address);
  }
}

async function takeOff() {
  await caches.delete(KEPT);
  await (await navigator.serviceWorker.getRegistration(HERE))?.unregister();
  if ("finished" in device.dataset) {
    write({ticks: {}, walkIns: []});
    by("waits").replaceChildren();
    by("send").hidden = true;
  }
  await showKept();
  say("kept", "off");
  if (!by("keep").hidden) by("keep").focus();
}

async function begin() {
  device.hidden = false;
  document.addEventListener("change", ticked);
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-walk-in]")) walkedIn(event);
    if (event.target.id !== "ticks") return;
    event.preventDefault();
    event.stopPropagation();
    sendAll();
  }, true);
  by("keep").addEventListener("click", keep);
  by("off").addEventListener("click", takeOff);
  by("send").addEventListener("click", sendAll);
  addEventListener("online", sendAll);
  addEventListener("storage", show);
  await showKept();
  show();
  if ("finished" in device.dataset && !count(read()) && await caches.has(KEPT)) return takeOff();
  if (count(read())) return sendAll();
  if (await caches.has(KEPT)) await fetchPage().then(keepParts).catch(showKept);
  return undefined;
}

const print = by("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
if (isSecureContext && "serviceWorker" in navigator && "caches" in window) begin();
