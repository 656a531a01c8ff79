/* Chips of running clocks count down in working time: the server gives what was left and the working hours to
   come, so nothing runs while the office is closed. A clock that passes its deadline or enters the last hour
   has the list fetched again, because its heading changes. */
import { isList } from "./lib.js";

const TICK = 60_000;
const HOUR = 3600;
let skew = 0; // of this machine's clock, in seconds

const seconds = () => Date.now() / 1000 - skew;

function hoursOf(box) {
  return box.dataset.countdown.split(" ").filter(Boolean).map((part) => part.split("-").map(Number));
}

/* Working seconds between two moments; null when the hours known do not reach that far. */
export function worked(hours, from, to) {
  if (!hours.length || to > hours.at(-1)[1]) return null;
  return hours.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
}

export function spanOf(words, length) {
  const minutes = Math.floor(length / 60);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return words.m.replace("{minutes}", rest);
  if (!rest) return words.h.replace("{hours}", hours);
  return words.hm.replace("{hours}", hours).replace("{minutes}", String(rest).padStart(2, "0"));
}

function show(chip, left, words) {
  const target = Number(chip.dataset.target);
  const used = Math.min(Math.max(1 - left / target, 0), 1);
  const late = left < 0;
  chip.dataset.state = late ? "late" : used > 0.75 ? "soon" : "ok";
  chip.style.setProperty("--p", used);
  if (!late) chip.firstChild.data = spanOf(words, left);
  else chip.firstChild.data = left > -60 ? words.justLate : words.late.replace("{time}", spanOf(words, -left));
}

const heading = (left) => (left < 0 ? 0 : left <= HOUR ? 1 : 2);
/* Under which heading a row stands since the list was read; a row that is renewed alone stays there. */
function place() {
  for (const chip of document.querySelectorAll("#daftar [data-clock]:not([data-heading])")) chip.dataset.heading = heading(Number(chip.dataset.left));
}

export function tick() {
  const box = document.querySelector("[data-countdown]");
  if (!box) return;
  const hours = hoursOf(box);
  let moved = false;
  for (const chip of document.querySelectorAll("[data-clock]")) {
    const gone = worked(hours, Number(chip.dataset.at), seconds());
    if (gone === null) continue;
    const left = Number(chip.dataset.left) - gone;
    moved ||= chip.closest("#daftar") && heading(left) !== Number(chip.dataset.heading ?? heading(Number(chip.dataset.left)));
    chip.dataset.heading = heading(left);
    show(chip, left, box.dataset);
  }
  if (moved) document.body.dispatchEvent(new Event("tiket-berubah"));
}

const box = document.querySelector("[data-countdown]");
if (box) skew = Date.now() / 1000 - Number(box.dataset.now);
place();
setInterval(tick, TICK);
addEventListener("htmx:afterSettle", (event) => isList(event.detail.target) && place());
addEventListener("visibilitychange", () => document.visibilityState === "visible" && tick());
