/* The list follows what others do: shown rows are renewed in their place, counts now and then. Rows never come or go
   under the pointer: what left the view is marked, what would be new is announced above the list. After a move of one's
   own its row is renewed at once; the list is read again only where the row has left it. Of answers that cross each other
   the one asked for last counts, and none that was asked for before somebody here marked the row.
   Beside a ticket the list itself comes later: until then what changes is only kept in mind. */
import htmx from "htmx.org";
import { isList } from "./lib.js";
import { held, isOver, mark, part, released, spread } from "./live.js";
import { askedAt, turn } from "./order.js";
import { showRow } from "./presence.js";

const PACE = Number(mark()?.dataset.pace ?? 1); // times as long between rounds: DERING_LIVE_PACE
const ROWS = 2500 * PACE; // ms between two rounds of rows
const COUNTS = 10_000 * PACE; // ms between two rounds of counts
const AGES = 60_000; // ms after which ages and clocks of all rows are renewed
const QUICK = 50; // ms; a server that takes n times as long is asked n times less often,
const LONGEST = 60_000 * PACE; // ms between two rounds at most
const MOST = 100; // rows of one request
const AGAIN = 10_000; // ms until a list that could not be had is asked for again

const list = () => document.querySelector("#daftar[data-rows]"); // not the results of a search
const later = () => document.querySelector("#antrean[aria-busy]"); // where a list will be
const rowOf = (id) => document.getElementById(`tiket-${id}`);
const idOf = (row) => Number(row.id.slice("tiket-".length));
const shown = () => [...document.querySelectorAll("#daftar .dr-ticket")].map(idOf);
const query = () => new URL(list().getAttribute("hx-get"), location.href).searchParams;

const changed = new Map(); // ticket → the turn at which its row became due
const known = new Map(); // ticket → the turn at which its row was asked for as it stands, or marked by somebody here
let readAt = 0; // the turn at which the whole list was asked for as it stands
let all = 0; // the turn at which every row became due
let counts = 0; // the turn at which counts became due
let countedAt = 0;

const due = (ids) => ids.forEach((id) => changed.set(id, turn()));
export const markedAt = (id) => known.get(id) ?? 0;
/* Somebody here marked the ticket. */
export const marked = (id) => known.set(id, turn());
/* The server has shown the ticket as it is now: an answer on its way does not know that it was read. */
export function readNow(id) {
  if (later()) marked(id);
  if (!list() || !rowOf(id)) return;
  marked(id);
  if (!rowOf(id).hasAttribute("data-unread")) return;
  due([id]);
  planRows();
}
/* The row is no longer sure. */
export function askAgain(id) {
  if (!list() || !rowOf(id)) return;
  marked(id);
  renew([id]);
}

/* One kind of round: soon after the first reason, not sooner than `pause` after the last, never two at once. */
function rounds(pause, due, work) {
  let timer;
  let last = 0;
  let took = 0;
  const plan = () => {
    if (timer || document.hidden || !list() || isOver() || !due()) return;
    const slow = Math.min(Math.max(1, took / QUICK) * pause, Math.max(pause, LONGEST));
    const wait = Math.max(last + slow - Date.now(), 0);
    timer = setTimeout(run, wait + Math.random() * pause * (wait ? 0.3 : 0.5));
  };
  async function run() {
    const began = Date.now();
    if (list() && !document.hidden) await work();
    last = Date.now();
    took = last - began;
    timer = undefined;
    plan();
  }
  return plan;
}

const planRows = rounds(ROWS, () => changed.size > 0, renewRows);
const planCounts = rounds(COUNTS, () => counts > 0, renewCounts);
const plan = () => {
  planRows();
  planCounts();
};

addEventListener("dering:hint", ({ detail }) => {
  if (!list() && !later()) return;
  if (detail.everything) all = turn();
  due(list() ? shown().filter((id) => detail.everything || detail.changed.has(id)) : [...detail.changed.keys()]);
  counts = turn();
  plan();
});
addEventListener("dering:connected", plan);
document.addEventListener("visibilitychange", () => document.hidden || plan());
setInterval(() => {
  if (!list() || document.hidden) return;
  due(shown());
  planRows();
}, spread(AGES));

async function renewRows() {
  const ids = [...changed.keys()].filter(rowOf).slice(0, MOST);
  for (const id of [...changed.keys()]) if (ids.includes(id) || !rowOf(id)) changed.delete(id);
  if (ids.length) await renew(ids);
}

/* Puts the rows as they are now. What could not be had is due again; what somebody here marked meanwhile is asked for once
   more at once. `absent` is called for a row that is not in the list any more. */
async function renew(ids, absent = (id) => gone(rowOf(id))) {
  const at = turn();
  const found = await rowsNow(ids);
  if (readAt > at) return; // the whole list was read since
  const here = ids.filter(rowOf);
  if (!found) {
    due(here);
    return planRows();
  }
  const crossed = here.filter((id) => markedAt(id) > at);
  for (const id of here) if (!crossed.includes(id)) put(id, at, found.getElementById(`tiket-${id}`), absent);
  if (crossed.length) await renew(crossed, absent);
}

function put(id, at, now, absent) {
  known.set(id, at);
  if (now) renewRow(id, now);
  else absent(id);
}

function rowsNow(ids) {
  const asked = query();
  for (const id of ids) asked.append("id", id);
  return part(`${list().dataset.rows}?${asked}`);
}

/* What this page did itself. A ticket that the list does not show changes its counts at most. */
const readAgain = () => htmx.trigger(document.body, "tiket-berubah");
addEventListener("tiket-berubah", () => {
  if (later()) all = counts = turn();
});
addEventListener("satu-tiket-berubah", ({ detail: { id } }) => {
  if (!list()) return readAgain();
  renewCounts();
  if (!rowOf(id)) return;
  marked(id);
  renew([id], readAgain);
});

function renewRow(id, now) {
  const old = rowOf(id);
  if (!old.hasAttribute("data-gone") && plain(old) === plain(now)) return;
  for (const added of old.querySelectorAll("[data-present]")) added.remove();
  become(old, now);
  htmx.process(old);
  showRow(id);
}

/* What the page itself wrote on a row. */
const OWN = new Set(["data-chosen", "data-heading", "aria-current"]);
const busy = (node) => node.classList.contains("htmx-request");

/* As the server has it now, in the nodes that stand there: focus and tick stay, and a press that began on a row ends on it. */
function become(old, now) {
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !OWN.has(name) && !(name === "class" && busy(old))) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const before = [...old.childNodes];
  const after = [...now.childNodes];
  after.forEach((node, place) => {
    const here = before[place];
    if (!here) old.append(node);
    else if (here.nodeName !== node.nodeName) here.replaceWith(node);
    else if (node.nodeType === Node.ELEMENT_NODE) become(here, node);
    else if (here.data !== node.data) here.data = node.data;
  });
  for (const node of before.slice(after.length)) node.remove();
}

function gone(row) {
  if (row.hasAttribute("data-gone")) return;
  row.setAttribute("data-gone", "");
  const note = Object.assign(document.createElement("span"), { className: "dr-chip", textContent: mark().dataset.gone });
  note.dataset.tone = "line";
  row.lastElementChild.prepend(note);
}

function plain(row) {
  const copy = row.cloneNode(true);
  for (const added of copy.querySelectorAll("[data-present]")) added.remove();
  return copy.outerHTML.replace(/ (data-chosen|aria-current)="[^"]*"| class="(htmx-request)?"/g, "").replace(/\s+/g, " ");
}

async function renewCounts() {
  const at = turn();
  counts = 0;
  const found = await part(`${list().dataset.now}?${query()}`);
  if (!list()) return;
  if (countedAt > at) return; // another answer knows more
  if (!found || readAt > at) {
    counts = turn();
    return planCounts();
  }
  countedAt = at;
  replace("isi-tampilan", found);
  replace("jumlah", found);
  const ids = found.getElementById("urutan-kini")?.dataset.ids.split(",").filter(Boolean).map(Number) ?? [];
  announce(ids.filter((id) => !rowOf(id)).length);
}

function replace(id, found) {
  const [old, now] = [document.getElementById(id), found.getElementById(id)];
  if (!old || !now || old.outerHTML === now.outerHTML) return;
  const held = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  old.replaceWith(now);
  htmx.process(now);
  if (held) now.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

/* An empty list has nothing that could be lost, so it fills by itself. */
function announce(number) {
  if (number && !shown().length) return htmx.trigger(document.body, "tiket-berubah");
  const button = document.getElementById("tiket-baru");
  if (!button) return;
  const words = number ? mark().dataset.fresh.replace("{n}", number) : "";
  if (button.querySelector("span").textContent !== words) button.querySelector("span").textContent = words;
  button.hidden = !number;
}

addEventListener("click", (event) => {
  if (!event.target.closest?.("#tiket-baru")) return;
  list().scrollTop = 0;
  list().focus();
  htmx.trigger(document.body, "tiket-berubah");
});
/* The whole list was read: what was due before it was asked for is no longer; what came after still is. */
addEventListener("htmx:afterSettle", (event) => {
  if (!isList(event.detail.target)) return;
  readAt = askedAt(event.detail);
  if (all > readAt) due(shown());
  for (const [id, at] of changed) if (at < readAt) changed.delete(id);
  for (const [id, at] of known) if (at < readAt) known.delete(id);
  const unsure = [...known.keys()].filter(rowOf);
  if (list() && unsure.length) renew(unsure);
  if (countedAt > readAt) counts = turn();
  else if (counts < readAt) counts = 0;
  announce(0);
  for (const id of shown()) showRow(id);
  if (list()) plan();
});
/* Not under a press that has begun. */
addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!isList(target) || requestConfig.elt !== target || !held()) return;
  event.preventDefault();
  released().then(readAgain);
});
/* It could not be read: once more in a while, or as soon as somebody has signed in again. */
addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (!isList(target) || detail.xhr.status === 200) return;
  if (later()) missing(true);
  if (!isOver()) setTimeout(() => (later() ? fetchLater() : document.getElementById("daftar") && readAgain()), spread(AGAIN));
});
const fetchLater = () => isMissing() && htmx.trigger(later(), "lagi");
const isMissing = () => later()?.querySelector("[role=status]:not([hidden])");
addEventListener("dering:connected", fetchLater);
addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-list-again]")) return;
  document.getElementById("daftar").focus();
  fetchLater();
});
function missing(is) {
  later().querySelector("[role=status]").hidden = !is;
  later().querySelector(".dr-soon").hidden = is;
}
