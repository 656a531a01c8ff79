/* Keys pressed while a ticket is on its way are meant for that ticket, not for the one still shown: they wait until it is
   there. Then shortcuts do what they say, and what follows goes where one of them has put the cursor. Keys of the list and
   of the whole page do not wait. */
import { insert, typing } from "./lib.js";
import { free } from "./list.js";

const LIST = "jkxu";
const PASSED_OVER = 500; // ms after an answer until one that was not shown is given up
let underway; // the request of the ticket that was asked for last
let held = [];
let sequence = false; // the key before was the first of two

const drop = () => {
  underway = undefined;
  held = [];
};
const ofTheTicket = (control) => control.closest(".dr-thread, .dr-props");
function elsewhere(key) {
  if (LIST.includes(key.toLowerCase())) return true;
  const controls = [...document.querySelectorAll(`[data-key="${CSS.escape(key.toLowerCase())}"]`)];
  return controls.length > 0 && !controls.some(ofTheTicket);
}
const begins = (key) => document.querySelector(`[data-key^="${CSS.escape(key.toLowerCase())} "]`) !== null;

addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id !== "percakapan" || detail.requestConfig.verb !== "get") return;
  drop();
  underway = detail.xhr;
});

addEventListener("keydown", (event) => {
  if (!underway || event.isComposing || !free(event)) return;
  if (event.key === "Escape") held = [];
  const second = sequence;
  sequence = !second && !held.length && begins(event.key);
  if (!held.length && (event.key.length !== 1 || second || sequence || elsewhere(event.key))) return;
  if (event.key === "Backspace") held.pop();
  else if (event.key === "Enter") held.push("\n");
  else if (event.key.length === 1) held.push(event.key);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

addEventListener("htmx:afterRequest", ({ detail: { xhr, successful } }) => {
  if (xhr !== underway) return;
  if (!successful) drop();
  else setTimeout(() => xhr === underway && drop(), PASSED_OVER);
});

addEventListener("htmx:afterSettle", ({ detail: { xhr } }) => {
  if (!underway || xhr !== underway) return;
  const keys = held;
  drop();
  setTimeout(() => keys.forEach(press)); // once it has the focus
});

function press(key) {
  const place = document.activeElement ?? document.body;
  if (typing(place)) return insert(place, key);
  if (key !== "\n") place.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, shiftKey: key !== key.toLowerCase() }));
}
