/* Macros: "/" in an empty composer or the button opens the list; Enter writes the text or runs the actions. */
import htmx from "htmx.org";
import { areaOf, composer, csrf, insert, notSaved, openArea } from "./lib.js";
import { choose, chosenOf, optionsOf, step } from "./options.js";
import { flush, keepLocal, local } from "./composer-drafts.js";

const box = () => document.getElementById("pilih-makro");
const list = () => document.getElementById("daftar-makro");
const field = () => box().querySelector("input");

async function open() {
  field().value = "";
  list().replaceChildren();
  box().showModal();
  field().focus();
  const answer = await fetch(composer().dataset.macros, { headers: { "HX-Request": "true" } });
  if (!answer.ok) {
    box().close();
    notSaved(answer.status);
    return;
  }
  list().innerHTML = await answer.text();
  filter();
}

function filter() {
  const words = field().value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of list().querySelectorAll("[role=option]")) {
    const text = `${option.dataset.title} ${option.dataset.text} ${option.dataset.note}`.toLowerCase();
    option.hidden = !words.every((word) => text.includes(word));
  }
  const none = list().querySelector("[data-none]");
  if (none) none.hidden = !words.length || optionsOf(list()).length > 0;
  choose(list(), field(), optionsOf(list())[0]);
  preview();
}

function preview() {
  const option = chosenOf(list());
  const place = document.getElementById("pratinjau-makro");
  place.replaceChildren();
  if (!option) return;
  for (const [name, text] of [["text", option.dataset.text], ["note", option.dataset.note], ["actions", option.dataset.actions]]) {
    if (text) place.append(Object.assign(document.createElement("p"), { className: `dr-macros-${name}`, textContent: text }));
  }
}

function use(option) {
  if (!option) return;
  const form = composer();
  const note = form.dataset.mode === "note";
  const text = note ? option.dataset.note || option.dataset.text : option.dataset.text;
  box().close();
  if (!text) {
    const values = { csrfmiddlewaretoken: csrf() };
    Promise.resolve(flush()).then(() => htmx.ajax("POST", option.dataset.run, { target: "#percakapan", swap: "outerHTML", values, source: form.querySelector("[data-macro-open]") }));
    return;
  }
  insert(openArea(), text);
  const does = [option.dataset.actions, note ? "" : option.dataset.note].filter(Boolean);
  if (does.length) announce(option, does[0]);
}

function announce(option, does) {
  const used = { macro: option.dataset.macro, says: `${option.dataset.title}: ${does}`, kind: composer().dataset.mode };
  keepLocal(keyOf(), used);
  show(used);
}

function show({ macro, says }) {
  const line = document.getElementById("makro-dipakai");
  composer().elements.makro.value = macro;
  line.querySelector("[data-macro-says]").textContent = says;
  line.hidden = false;
}

/* The macro of a text stays with it: over a reload, and when what was sent is taken back. */
const keyOf = (sent = "") => `makro${sent}:${composer().dataset.user}:${composer().dataset.ticket}`;
const SENT = "-terkirim";

function move(from, to) {
  const used = local(from);
  localStorage.removeItem(from);
  if (used) keepLocal(to, used);
}

function restore() {
  const macro = composer()?.elements.makro; // the simulator writes into a field of the same name, without macros
  const used = macro && !macro.value && local(keyOf());
  if (used && areaOf(used.kind)?.value.trim()) show(used);
}

addEventListener("htmx:afterSettle", ({ detail: { requestConfig: by } }) => {
  if (!composer()?.elements.makro || !by) return;
  if (by.elt.id === "tulis" && by.verb === "post" && !openArea()?.value) move(keyOf(), keyOf(SENT));
  if (by.path.includes("/urungkan/")) move(keyOf(SENT), keyOf());
  setTimeout(restore); // when the drafts are there again
});
setTimeout(restore);

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-macro-open]")) open();
  const option = event.target.closest?.("#daftar-makro [role=option]");
  if (option) use(option);
  if (!event.target.closest?.("[data-macro-drop]")) return;
  composer().elements.makro.value = "";
  localStorage.removeItem(keyOf());
  document.getElementById("makro-dipakai").hidden = true;
  openArea().focus();
});

addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target.matches?.("#tulis textarea[data-when]") && !event.target.value.trim()) {
    event.preventDefault();
    open();
  } else if (box()?.open && event.target === field()) {
    if (step(list(), field(), event.key)) preview();
    else if (event.key === "Enter") use(chosenOf(list()));
    else return;
    event.preventDefault();
  }
});
addEventListener("input", (event) => event.target === (box() && field()) && filter());
addEventListener("pointermove", (event) => {
  const option = event.target.closest?.("#daftar-makro [role=option]");
  if (!option || option === chosenOf(list())) return;
  choose(list(), field(), option);
  preview();
});
