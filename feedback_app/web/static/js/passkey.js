// Passkeys: asks the browser for one and puts what it says into the form. Nothing is sent anywhere but by the form.

const form = document.querySelector("form[data-passkey]");
const options = JSON.parse(form.dataset.options);
const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

const say = (what) => document.querySelectorAll("[data-passkey-says]").forEach((words) => {
  words.hidden = words.dataset.passkeySays !== what;
  if (!words.hidden) words.focus();
});

const make = () => navigator.credentials.create({ publicKey: {
  ...options,
  challenge: bytesOf(options.challenge),
  user: { ...options.user, id: bytesOf(options.user.id) },
  excludeCredentials: described(options.excludeCredentials),
} });

const show = () => navigator.credentials.get({ publicKey: {
  ...options,
  challenge: bytesOf(options.challenge),
  allowCredentials: described(options.allowCredentials),
} });

const asJson = (found) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (found.response[name]) response[name] = textOf(found.response[name]);
  return JSON.stringify({ id: found.id, rawId: textOf(found.rawId), type: found.type, response });
};

let busy = false;
form.addEventListener("submit", async (event) => {
  const name = form.elements.name;
  if (name instanceof HTMLInputElement && !name.value.trim()) return; // the page that answers says so
  event.preventDefault();
  event.stopPropagation();
  if (busy) return;
  busy = true;
  say("");
  try {
    const found = form.dataset.passkey === "create" ? await make() : await show();
    form.elements.credential.value = asJson(found);
    form.submit();
  } catch (wrong) {
    say(wrong.name === "InvalidStateError" ? "there" : "again");
  }
  busy = false;
});
if (!window.PublicKeyCredential) say("cannot");
