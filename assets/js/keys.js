/* Keyboard shortcuts: a link, button or field with data-key is used by that key ("s", "?", or "g i" one after the other), never
   while someone is typing. Keys that are single characters can be switched off (WCAG 2.1.4); then data-keys="off" stands on
   the page. The help sheet lists what the page has. */
import { letters, nameOf, typing } from "./lib.js";

const PATIENCE = 1200; // ms between the keys of a sequence
let first = "", timer;

const scrolls = (target) => {
  const box = target.closest("[data-scroll]");
  return box !== null && box.scrollWidth > box.clientWidth;
};

const controlFor = (keys) => [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)]
  .find((control) => !control.disabled && !control.closest("[hidden], [inert]"));

function use(control) {
  if (!control.matches("input, textarea, select")) return control.click();
  control.focus();
  control.select?.();
}

/* Keys with a name, such as the arrows, are no single characters: they stay when those are switched off. */
function named(event) {
  const control = event.shiftKey ? null : controlFor(event.key);
  if (!control) return;
  event.preventDefault();
  use(control);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (typing(event.target) || scrolls(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key.length !== 1) return named(event);
  if (!letters()) return;
  const key = event.key.toLowerCase();
  const control = (first && controlFor(`${first} ${key}`)) || (event.shiftKey && event.key !== "?" ? null : controlFor(key));
  clearTimeout(timer);
  first = !first && !control ? key : "";
  if (first) timer = setTimeout(() => { first = ""; }, PATIENCE);
  if (!control) return;
  event.preventDefault();
  use(control);
});

/* The help sheet. */
const sheet = () => document.getElementById("pintasan");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !sheet()?.open) return;
  event.preventDefault(); // the browser closes it only after the next key
  document.activeElement?.blur();
  sheet().close();
});
const caps = (keys) => keys.split(" ").map((key) => Object.assign(document.createElement("kbd"), { textContent: key.length === 1 ? key.toUpperCase() : key }));

function fill() {
  const rows = new Map();
  for (const control of document.querySelectorAll("[data-key]")) {
    if (!control.closest("#pintasan, #palet, [hidden], template") && !rows.has(control.dataset.key)) rows.set(control.dataset.key, nameOf(control));
  }
  const fixed = new Set([...sheet().querySelectorAll("[data-fixed]")].map((row) => row.dataset.fixed));
  const parts = [];
  for (const [keys, name] of [...rows].sort(([one], [other]) => one.length - other.length || one.localeCompare(other))) {
    if (!name || fixed.has(keys)) continue;
    const term = document.createElement("dt"), meaning = document.createElement("dd");
    term.append(...caps(keys));
    meaning.textContent = name;
    parts.push(term, meaning);
  }
  const here = sheet().querySelector("[data-here]");
  here.replaceChildren(...parts);
  here.closest("section").hidden = !parts.length;
}

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-help]") && sheet() && !sheet().open) {
    for (const other of document.querySelectorAll("[popover]:popover-open")) other.hidePopover();
    fill();
    sheet().showModal();
  } else if (event.target === sheet() || event.target.closest?.("#pintasan [data-close]")) sheet().close();
});
