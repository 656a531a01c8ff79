/* Choosing several tickets: checkboxes by mouse (shift for a range), X, shift with J and K, Ctrl A, Escape.
   What is chosen is kept by ticket number, so that rows may come and go. */
import { letters, reduced, typing } from "./lib.js";
import { back, current, step } from "./list.js";

const chosen = new Set();
let anchor = "";

const form = () => document.getElementById("massal");
const boxes = () => [...document.querySelectorAll("#daftar .dr-check")];
const boxOf = (row) => row?.closest("li").querySelector(".dr-check");

function show() {
  const shown = new Set(boxes().map((box) => box.value));
  for (const number of [...chosen]) if (!shown.has(number)) chosen.delete(number);
  for (const box of boxes()) {
    box.checked = chosen.has(box.value);
    box.closest("li").toggleAttribute("data-chosen", box.checked);
  }
  const pane = form() && document.getElementById("antrean");
  if (!pane) return;
  pane.toggleAttribute("data-selecting", chosen.size > 0 || pane.hasAttribute("data-picking"));
  const output = document.getElementById("terpilih");
  const short = matchMedia("(max-width: 767.98px)").matches || !document.querySelector("#daftar [data-page]");
  const words = short ? output.dataset.one : output.dataset.more;
  output.value = chosen.size ? words.replace("{n}", chosen.size) : "";
}

function choose(box, on = box.checked) {
  if (on) chosen.add(box.value);
  else chosen.delete(box.value);
  anchor = box.value;
}

function range(box) {
  const all = boxes();
  const from = all.findIndex((other) => other.value === anchor);
  const to = all.indexOf(box);
  for (const other of all.slice(Math.min(from, to), Math.max(from, to) + 1)) choose(other, box.checked);
}

export function clear() {
  chosen.clear();
  const pane = document.getElementById("antrean");
  pane?.removeAttribute("data-picking");
  pane?.querySelector("[data-select-mode]")?.setAttribute("aria-pressed", "false");
  show();
}

addEventListener("click", (event) => {
  const box = event.target.closest?.("#daftar .dr-check");
  if (box) {
    if (event.shiftKey && anchor) range(box);
    else choose(box);
    show();
  } else if (event.target.closest?.("[data-unselect]")) {
    clear();
    back();
  } else if (event.target.closest?.("[data-close-outcome]")) {
    document.getElementById("hasil-massal").replaceChildren();
  } else if (event.target.closest?.("[data-select-mode]")) {
    const button = event.target.closest("[data-select-mode]");
    document.getElementById("antrean").setAttribute("data-picking", "");
    button.setAttribute("aria-pressed", "true");
    show();
  }
});

function extend(by) {
  const from = boxOf(current());
  if (!from) return;
  choose(from, true);
  const to = boxOf(step(by)?.matches("[data-open]") ? current() : null);
  if (to) choose(to, true);
  show();
}

addEventListener("keydown", (event) => {
  const box = event.target.matches?.(".dr-check");
  if (!form() || (typing(event.target) && !box) || document.querySelector("dialog[open]")) return;
  const letter = !reduced(event) && letters();
  if (event.key === "Escape" && chosen.size && !document.querySelector(":popover-open, dialog[open]")) {
    event.preventDefault();
    clear();
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a" && document.getElementById("antrean").contains(event.target)) {
    event.preventDefault();
    for (const box of boxes()) choose(box, true);
    show();
  } else if (letter && event.key === "x" && boxOf(current())) {
    event.preventDefault();
    const mark = boxOf(current());
    choose(mark, !chosen.has(mark.value));
    show();
  } else if (letter && (event.key === "J" || event.key === "K")) {
    event.preventDefault();
    extend(event.key === "J" ? 1 : -1);
  }
});

/* Enter in a field of the bar means the button beside it, not the first one of the form. */
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("#massal :is(input, select)")) return;
  event.preventDefault();
  event.target.closest("[popover]")?.querySelector(".btn-primary")?.click();
});

addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "massal") for (const open of document.querySelectorAll("#massal :popover-open")) open.hidePopover();
});

/* What was done is no longer chosen; what was skipped stays so. */
addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "hasil-massal" && event.detail.requestConfig?.elt.id === "massal") {
    const skipped = new Set([...document.querySelectorAll("#hasil-massal [data-skipped]")].map((line) => line.dataset.skipped));
    const refused = document.querySelector("#hasil-massal [role=alert]");
    if (!refused) for (const number of [...chosen]) if (!skipped.has(number)) chosen.delete(number);
    if (!chosen.size) clear();
    back();
  }
  show();
});
show();
