// Keys for readers, a way to find a theme, and nothing lost. Every step works without this file.

const form = document.getElementById("reading");
const told = document.getElementById("told");
const say = (words) => { if (told) { told.textContent = ""; told.textContent = words; } };

// What was chosen stays in this tab until it is saved: a session that ended or a line that broke loses nothing.
// Codes of themes alone, never a word of the comment.
const KEPT = "reading";
const chosen = () => [...form.elements].filter((one) => one.name && one.checked).map((one) => one.id);
const keep = () => sessionStorage.setItem(KEPT, JSON.stringify({ comment: form.dataset.comment, chosen: chosen() }));
const putBack = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
  sessionStorage.removeItem(KEPT);
  if (!kept || kept.comment !== form.dataset.comment || document.querySelector(".mend")) return;
  for (const one of form.elements) if (one.type === "radio" || one.type === "checkbox") one.checked = kept.chosen.includes(one.id);
  if (kept.chosen.some((id) => id.startsWith("added-"))) document.getElementById("add").open = true;
  say(form.dataset.putBack);
};

// The suggestion that is decided on: its words in the comment stand out.
const light = (number) => document.querySelectorAll("mark").forEach((mark) =>
  mark.classList.toggle("on", mark.dataset.speaks.split(" ").includes(String(number))));

const turn = (number) => {
  const radios = [...document.querySelectorAll(`[data-number="${number}"] input`)];
  if (!radios.length) return;
  const next = radios[(radios.findIndex((one) => one.checked) + 1) % radios.length];
  next.checked = true;
  next.dispatchEvent(new Event("change", { bubbles: true }));
  light(number);
  say(`${number}. ${next.closest("fieldset").querySelector("legend").innerText}: ${next.closest("label").innerText}`);
};

const flip = (id) => {
  const box = document.getElementById(id);
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  say(`${box.closest("label").innerText}: ${box.checked ? "✓" : "–"}`);
};

const find = document.getElementById("find");
const themes = () => [...document.querySelectorAll(".themes .answer")];
const narrow = () => {
  const typed = find.value.trim().toLowerCase();
  themes().forEach((one) => { one.hidden = !one.innerText.toLowerCase().includes(typed) && !one.querySelector("input").checked; });
  document.querySelectorAll(".themes").forEach((group) => { group.hidden = !group.querySelector(".answer:not([hidden])"); });
};
const takeFirst = () => {
  const typed = find.value.trim().toLowerCase();
  const first = typed && themes().find((one) => one.textContent.toLowerCase().includes(typed));
  if (!first) return false;
  flip(first.querySelector("input").id);
  find.value = "";
  narrow();
  return true;
};

const KEYS = {
  a: () => { document.getElementById("add").open = true; find.focus(); },
  u: () => flip("unsure"),
  z: () => document.getElementById("undo")?.requestSubmit(),
  0: () => flip("none"),
  "?": () => { const keys = document.getElementById("keys"); keys.open = !keys.open; keys.querySelector("summary").focus(); },
};

const pressed = (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const at = event.target;
  if (at === find) {
    if (event.key === "Escape") at.blur();
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (at.value.trim()) takeFirst(); else form.requestSubmit(document.getElementById("save"));
    return;
  }
  if (!("keys" in form.dataset) || at.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
  const key = event.key.toLowerCase();
  if (event.key === "Enter") {
    if (at.closest("a, button, summary")) return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
    return;
  }
  const feeling = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (feeling) {
    feeling.checked = true;
    say(feeling.closest("label").innerText);
  } else if (/^[1-9]$/.test(key)) turn(key);
  else if (KEYS[key]) KEYS[key]();
  else return;
  event.preventDefault();
};

if (form) {
  document.querySelector(".find").hidden = false;
  putBack();
  find.addEventListener("input", narrow);
  addEventListener("keydown", pressed);
  form.addEventListener("submit", keep);
  form.addEventListener("focusin", (event) => light(event.target.closest("[data-number]")?.dataset.number));
}
