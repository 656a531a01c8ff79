/* The form before a chat, and the one that takes its place while nobody is there. */
import { ask, newId } from "./api.js";
import { config, el, say } from "./dom.js";
import { kept } from "./store.js";

function field(name, label, given, tag = "input") {
  const control = el(tag, { id: name, name, required: true, "aria-describedby": `${name}-salah`, ...given });
  return el("div", { class: "field" }, el("label", { for: name, text: label }), control, el("p", { class: "wrong", id: `${name}-salah`, hidden: true }));
}

function wrong(form, name, text) {
  const control = form.elements[name];
  const place = form.querySelector(`#${name}-salah`);
  place.textContent = text;
  place.hidden = !text;
  if (text) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/* Say what is missing beside each field; the first one gets the focus. */
function checked(form) {
  const faults = {};
  for (const control of form.elements) {
    if (!control.name) continue;
    let text = "";
    if (control.type === "checkbox") text = control.checked ? "" : say("needConsent");
    else if (!control.value.trim()) text = say("needed");
    else if (control.type === "email" && !control.validity.valid) text = say("badEmail");
    wrong(form, control.name, text);
    if (text) faults[control.name] = control;
  }
  Object.values(faults)[0]?.focus();
  return !Object.keys(faults).length;
}

function build(intro, fields, action, consent, submit) {
  const general = el("p", { class: "wrong", role: "alert", hidden: true });
  const button = el("button", { class: "primary wide", type: "submit", text: action });
  const agree = el("div", { class: "field" },
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "setuju", required: true, "aria-describedby": "setuju-salah" }), el("span", { text: consent })),
    el("p", { class: "wrong", id: "setuju-salah", hidden: true }));
  const form = el("form", { class: "sheet", novalidate: "" }, el("p", { class: "intro", text: intro }), fields, agree, general, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    general.hidden = true;
    if (button.disabled || !checked(form)) return;
    button.disabled = true;
    try {
      await submit(form.elements);
    } catch (error) {
      general.textContent = error.message && error.status ? error.message : say("error");
      general.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

const who = () => [
  field("nama", say("name"), { autocomplete: "name", maxlength: "160", value: kept("who")?.name ?? "" }),
  field("email", say("email"), { type: "email", autocomplete: "email", maxlength: "254", value: kept("who")?.email ?? "" }),
];
const page = () => new URLSearchParams(location.hash.slice(1)).get("di") ?? "";
const simulation = () => new URLSearchParams(location.search).get("simulasi") ?? "";

/* `begun(token, {name, email})` when the server has made a session. */
export function startForm(begun) {
  return build(say("hello"), who(), say("start"), say("consent"), async ({ nama, email, setuju }) => {
    const person = { name: nama.value.trim(), email: email.value.trim() };
    const { token } = await ask("mulai/", { ...person, consent: setuju.checked, language: config.language, page: page(), simulation: simulation() });
    begun(token, person);
  });
}

export function offlineForm(sent) {
  const id = newId();
  const fields = [...who(), field("tanya", say("question"), { rows: "5", maxlength: String(config.longest) }, "textarea")];
  const intro = [say("closed"), config.opening && say("opens", { when: config.opening })].filter(Boolean).join(" ");
  return build(intro, fields, say("sendForm"), say("consentForm"), async ({ nama, email, tanya, setuju }) => {
    const given = { id, name: nama.value, email: email.value, text: tanya.value, consent: setuju.checked, page: page(), simulation: simulation() };
    await ask("luring/", given);
    sent(email.value.trim());
  });
}
