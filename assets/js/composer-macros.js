/* Macros: "/" in an empty composer or the button opens the list; Enter writes the text or runs the actions. */
import htmx from "htmx.org";
import { composer, csrf, insert, notSaved, openArea } from "./lib.js";
import { choose, chosenOf, optionsOf, step } from "./options.js";
import { flush } from "./composer-drafts.js";

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
  const line = document.getElementById("makro-dipakai");
  composer().elements.makro.value = option.dataset.macro;
  line.querySelector("[data-macro-says]").textContent = `${option.dataset.title}: ${does}`;
  line.hidden = false;
}

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-macro-open]")) open();
  const option = event.target.closest?.("#daftar-makro [role=option]");
  if (option) use(option);
  if (!event.target.closest?.("[data-macro-drop]")) return;
  composer().elements.makro.value = "";
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
