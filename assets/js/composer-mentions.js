/* Mentions: "@" in a note offers colleagues who may read the ticket. */
import { areaOf, composer } from "./lib.js";
import { choose, chosenOf, optionsOf, step } from "./options.js";

const BEFORE_CURSOR = /(?:^|[\s(])@([\p{L}\p{N}_.+-]*)$/u;
const PAUSE = 120;
let timer;
let asked = 0;
const box = () => document.getElementById("rekan");
const typed = (area) => BEFORE_CURSOR.exec(area.value.slice(0, area.selectionStart))?.[1];

function hide() {
  clearTimeout(timer);
  asked += 1;
  if (!box() || box().hidden) return;
  box().hidden = true;
  areaOf("note").removeAttribute("aria-activedescendant");
}

async function offer(area, letters) {
  const mine = ++asked;
  const answer = await fetch(`${composer().dataset.colleagues}?q=${encodeURIComponent(letters)}`, { headers: { "HX-Request": "true" } });
  const options = answer.ok ? await answer.text() : "";
  if (!options || mine !== asked || typed(area) === undefined) return;
  box().innerHTML = options;
  box().hidden = !optionsOf(box()).length;
  choose(box(), area, optionsOf(box())[0]);
}

function take(option) {
  const area = areaOf("note");
  const start = area.selectionStart - typed(area).length;
  area.focus();
  area.setRangeText(`${option.dataset.username} `, start, area.selectionStart, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  hide();
}

addEventListener("input", (event) => {
  if (event.target.id !== "catatan") return;
  const letters = typed(event.target);
  clearTimeout(timer);
  if (letters === undefined) hide();
  else timer = setTimeout(() => offer(event.target, letters), PAUSE);
});

addEventListener("keydown", (event) => {
  if (event.target.id !== "catatan" || !box() || box().hidden || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") hide();
  else if ((event.key === "Enter" || event.key === "Tab") && chosenOf(box())) take(chosenOf(box()));
  else if (!step(box(), event.target, event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("#rekan [role=option]");
  if (!option) return hide();
  event.preventDefault();
  return take(option);
});
