// Small comforts. Every page works without this file.

// Take people to what needs mending.
document.querySelector(".mend")?.focus();

// A second press while the first is on its way does nothing. Coming back to the page frees it again.
const free = () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(free, 8000);
});
addEventListener("pageshow", free);

// An answer that stands alone ("None of these") unticks the others, and the other way round.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox" || !box.checked) return;
  document.getElementsByName(box.name).forEach((other) => {
    if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) other.checked = false;
  });
});

// Signing out takes the registers that are kept on this device off it, and so does the page to sign in on: whoever was
// here is not any more. See register.js.
const takeOff = async () => {
  for (const name of await caches.keys()) if (name.startsWith("register:")) await caches.delete(name);
};
if (location.pathname.endsWith("/team/sign-in") && "caches" in window) takeOff().catch(() => {});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.who") || !("caches" in window)) return;
  event.preventDefault();
  try {
    await takeOff();
  } finally {
    form.submit();
  }
});
