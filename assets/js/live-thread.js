/* The open ticket follows what others do: new entries are appended, head and properties are renewed.
   What is typed, edited, chosen or focused stays as it is. */
import htmx from "htmx.org";
import { isOver, mark, part, spread } from "./live.js";
import { readNow } from "./live-list.js";
import { askedAt, turn } from "./order.js";
import { showAll } from "./presence.js";

const ATEND = 48; // pixels from the end that still count as the end
const thread = () => document.getElementById("percakapan");
const log = () => document.getElementById("log");
const idOf = (entry) => Number(entry.dataset.entry ?? entry.dataset.arrived);
const entries = (within) => [...within.querySelectorAll(":is([data-entry], [data-arrived])")];
const newest = () => Math.max(0, ...entries(log() ?? document).map(idOf));

const LATE = 3000; // ms in which a hint of what happened while the server was reading may still come
const AGAIN = 10_000; // ms until what could not be had is asked for again
const SENDING = "[data-held], .htmx-request";

let busy = false;
let waiting = false;
let swapped = 0; // the turn at which the server's answer to something done here was put
let put = 0; // the turn at which what was put last was asked for
let readAt = Date.now(); // when what the server read was put; an answer to something done here knows what it did
const heard = new Map(); // ticket → [turn, entry] of the last hint
let all = 0; // the turn of the last hint that anything may have changed

/* An entry is seen once it stands in view in a tab that is looked at. Until then it does not count as known to whoever
   writes a reply, so a reply that crosses it asks first. */
const seen = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) if (isIntersecting && !document.hidden) arrive(target);
});
function arrive(entry) {
  seen.unobserve(entry);
  entry.dataset.entry = entry.dataset.arrived;
  delete entry.dataset.arrived;
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const entry of document.querySelectorAll("#log [data-arrived]")) {
    seen.unobserve(entry);
    seen.observe(entry);
  }
  if (waiting) refresh();
});

addEventListener("dering:hint", ({ detail: { changed, everything } }) => {
  for (const [id, entry] of changed) heard.set(id, [turn(), entry]);
  if (everything) all = turn();
  const shown = Number(thread()?.dataset.pk);
  if (!shown || !(everything || changed.has(shown))) return;
  if (everything || isNews(changed.get(shown)) || mayBeTorn()) refresh();
});
/* The server reads a ticket bit by bit: what happens meanwhile may stand among the entries and not yet in the properties. */
const mayBeTorn = () => Date.now() - readAt < LATE;
const isNews = (entry) => !entry || entry > newest(); // else this page did it itself, or has fetched it already

/* One round at a time; what comes meanwhile makes one more. What was asked for before the answer to something done here
   came is not put over it, but asked for again. A page that nobody looks at waits until somebody does. */
async function refresh() {
  waiting = true;
  if (busy || document.hidden) return;
  busy = true;
  const { ticket, now } = thread().dataset;
  const at = turn();
  waiting = false;
  const found = await part(now + location.search);
  busy = false;
  if (!found) setTimeout(() => thread() && !isOver() && refresh(), spread(AGAIN));
  else if (thread()?.dataset.ticket === ticket) {
    if (swapped > at) waiting = true;
    else renewAll(found, at);
  }
  if (waiting && thread()?.dataset.now) refresh();
}

/* The ticket was put, or the answer to something done here. A hint or a renewal since it was asked for may know more. */
addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!thread()?.dataset.now || !detail.successful) return;
  const opened = detail.requestConfig.verb === "get";
  if (opened && detail.target.id !== "percakapan") return;
  swapped = turn();
  readAt = opened ? Date.now() : 0;
  const asked = askedAt(detail);
  const [at, entry] = heard.get(Number(thread().dataset.pk)) ?? [0, 0];
  if (put > asked || all > asked || (at > asked && (opened || isNews(entry)))) refresh();
});

function renewAll(found, at) {
  put = at;
  readAt = Date.now();
  const atEnd = log().scrollHeight - log().scrollTop - log().clientHeight < ATEND;
  const fresh = append(found);
  for (const id of ["kepala-tiket", "tindakan", "keadaan", "jendela"]) renew(found, id);
  renewProperties(found);
  dispatchEvent(new Event("dering:renewed"));
  showAll(thread());
  readNow(Number(thread().dataset.pk));
  if (fresh && atEnd) log().scrollTop = log().scrollHeight;
  else if (fresh) announce(fresh);
}

/* New entries at the end, those that changed in their place; a day or "new" line before an entry comes with it. What is not
   there any more goes: a reply taken back, a message moved to another ticket. */
function append(found) {
  const place = found.querySelector("#log");
  drop(entries(place).map(idOf));
  let fresh = 0;
  const all = entries(place);
  for (const entry of all) {
    if (entry.parentElement.closest("[data-entry]")) continue;
    const old = log().querySelector(`[data-entry="${idOf(entry)}"], [data-arrived="${idOf(entry)}"]`);
    if (old) {
      if (!same(old, entry) && free(old)) old.replaceWith(entry);
      continue;
    }
    if (idOf(entry) < newest()) {
      putBack(entry, all);
      continue;
    }
    fresh += 1;
    const lines = [entry];
    for (let line = entry.previousElementSibling; line && !line.matches("[data-entry]"); line = line.previousElementSibling) {
      if (line.matches(".dr-day:not([data-new])")) lines.unshift(line);
    }
    entry.dataset.arrived = entry.dataset.entry;
    delete entry.dataset.entry;
    log().append(...lines);
    htmx.process(entry);
    seen.observe(entry);
  }
  return fresh;
}

/* A message that came back from a ticket made of it, behind the one it follows. What is older than all that is shown
   belongs to an earlier page. */
function putBack(entry, all) {
  const before = all.slice(0, all.indexOf(entry)).reverse().map((other) => document.getElementById(other.id)).find((other) => log().contains(other));
  if (!before) return;
  let place = before;
  while (place.parentElement !== log()) place = place.parentElement;
  const day = entry.previousElementSibling?.matches(".dr-day:not([data-new])") ? entry.previousElementSibling : null;
  const known = day && [...log().querySelectorAll(".dr-day")].find((other) => other.textContent === day.textContent);
  if (known && place.compareDocumentPosition(known) & Node.DOCUMENT_POSITION_FOLLOWING) known.after(entry);
  else place.after(...(day && !known ? [day] : []), entry);
  htmx.process(entry);
}

function drop(ids) {
  const there = new Set(ids);
  const first = Math.min(...ids); // what is older belongs to a page that was not asked for
  for (const old of entries(log())) {
    if (idOf(old) < first || there.has(idOf(old)) || sending(old)) continue;
    if (old.contains(document.activeElement)) log().focus({ preventScroll: true });
    const day = old.previousElementSibling;
    if (day?.matches(".dr-day") && (old.nextElementSibling?.matches(".dr-day") ?? true)) day.remove();
    old.remove();
  }
}

/* What the server said, without what this page added and without the forms' changing tokens. */
function plain(node) {
  const copy = node.cloneNode(true);
  for (const shown of copy.querySelectorAll("#hadir, [data-present]")) shown.remove();
  return copy.outerHTML.replace(/ (data-arrived|data-entry|open|class|aria-expanded)="[^"]*"| value="\w{64}"/g, "").replace(/\s+/g, " ");
}
const same = (one, other) => plain(one) === plain(other);
/* Something in it is on its way to the server, or about to be: its answer brings what is new. */
const sending = (node) => node.matches(SENDING) || node.querySelector(SENDING);
/* Nobody is at it: neither the focus nor a selection is inside. */
const free = (node) => !sending(node) && !node.contains(document.activeElement) && !(getSelection().rangeCount && !getSelection().isCollapsed && getSelection().containsNode(node, true));

function renew(found, id) {
  const old = document.getElementById(id);
  const now = found.getElementById(id);
  if (!old || !now || same(old, now) || old.matches(":popover-open") || sending(old)) return;
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  if (held && held.matches("input, select, textarea")) return;
  old.replaceWith(now);
  htmx.process(now);
  if (held) (held.id ? document.getElementById(held.id) : now.querySelector(selector(held)))?.focus();
}
const selector = (held) => (held.dataset.key ? `[data-key="${CSS.escape(held.dataset.key)}"]` : held.name ? `[name="${CSS.escape(held.name)}"]` : "h2");

/* Section by section, so that an open form keeps only its own section from being renewed. */
function renewProperties(found) {
  const box = document.querySelector("#properti > .dr-scroll");
  const fresh = found.querySelector("#properti > .dr-scroll");
  if (!box || !fresh) return;
  const before = [...box.children];
  const after = [...fresh.children];
  const typed = (part) => part.contains(document.activeElement) || sending(part) || part.querySelector(".dr-editor form, details[open] form") || [...part.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
  const key = (part) => part.id || part.querySelector("h2, h3")?.textContent.trim();
  for (const part of before) {
    const now = after.find((other) => key(other) === key(part));
    if (typed(part)) continue;
    if (!now) part.remove();
    else if (!same(part, now)) {
      part.replaceWith(now);
      htmx.process(now);
    }
  }
  let last;
  for (const part of after) {
    const here = [...box.children].find((other) => key(other) === key(part));
    if (here) last = here;
    else {
      if (last) last.after(part);
      else box.prepend(part);
      htmx.process(part);
      last = part;
    }
  }
}

/* Further up in the conversation: say that something came, and take the reader there on request. */
function announce(count) {
  const button = document.getElementById("ke-bawah");
  if (!button) return;
  const all = Number(button.dataset.count || 0) + count;
  button.dataset.count = all;
  button.querySelector("span").textContent = mark().dataset.arrived.replace("{n}", all);
  button.hidden = false;
}
function settle() {
  const button = document.getElementById("ke-bawah");
  if (!button || button.hidden) return;
  if (log().scrollHeight - log().scrollTop - log().clientHeight > ATEND) return;
  button.hidden = true;
  delete button.dataset.count;
}
document.addEventListener("scroll", (event) => event.target === log() && settle(), true);
addEventListener("click", (event) => {
  if (!event.target.closest?.("#ke-bawah")) return;
  log().scrollTop = log().scrollHeight;
  log().focus();
  settle();
});
