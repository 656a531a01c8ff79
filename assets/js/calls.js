/* Calls: the card of a call at one's telephone, shown on whatever page is open and never in the way of typing; and forms
   that Ctrl+Enter sends. */
import { mark, part } from "./live.js";

const box = () => document.getElementById("berdering");
const KEPT = "dering-panggilan";
const closed = new Set(JSON.parse(sessionStorage.getItem(KEPT) || "[]")); // "call/state" of cards that were put away
let asked = 0;

async function look() {
  if (!box()?.dataset.address || !mark()) return;
  const mine = asked += 1;
  const fresh = await part(box().dataset.address);
  if (!fresh || mine !== asked) return; // a later answer knows more
  for (const card of fresh.querySelectorAll("[data-call]")) {
    const state = document.querySelector(`[data-call-state="${card.dataset.call}"]`); // the form that logs this call
    if (state) state.textContent = card.dataset.said;
    if (state || closed.has(`${card.dataset.call}/${card.dataset.state}`)) card.remove();
  }
  const had = box().contains(document.activeElement);
  const text = [...fresh.children].map((card) => card.outerHTML).join("");
  if (box().dataset.shown === text) return;
  box().dataset.shown = text;
  box().replaceChildren(fresh);
  if (had) box().querySelector("a.btn")?.focus();
}

addEventListener("dering:ring", look);
addEventListener("dering:connected", look);
document.addEventListener("click", ({ target }) => {
  const card = target.closest?.("[data-ring-close]")?.closest("[data-call]");
  if (!card) return;
  closed.add(`${card.dataset.call}/${card.dataset.state}`);
  sessionStorage.setItem(KEPT, JSON.stringify([...closed].slice(-20)));
  card.remove();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form[data-ctrl-enter]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
