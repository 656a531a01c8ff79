/* Drafts: kept on the server a second after the last key, per agent, ticket and kind. Until the server has
   confirmed it, the text also lies in this browser, for a crash, no network, or a session that has ended. */
import { areaOf, composer, notSaved, post, savedAgain, signedInAgain } from "./lib.js";

const PAUSE = 1000;
const RETRY = 5000;
const timers = new Map();
const underway = new Map();
const clashes = new Map();
const versions = new Map(); // what the server called the draft last, where a save has told
const uploads = new Set();

const keyOf = (area) => `draf:${composer().dataset.user}:${composer().dataset.ticket}:${area.dataset.when}`;
const areas = () => [...(composer()?.querySelectorAll("textarea[data-when]") ?? [])];

export function local(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
export function keepLocal(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch { /* full or switched off: the server's copy remains */ }
}

function schedule(area, delay = PAUSE) {
  const key = keyOf(area);
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => save(area.dataset.when), delay));
}

function shownNow(key, kind) {
  const area = areaOf(kind);
  return area && keyOf(area) === key ? area : null;
}

/* One save at a time for each draft; what is typed meanwhile is saved after it. */
export function save(kind, { over = false, keepalive = false } = {}) {
  const area = areaOf(kind);
  if (!area) return null;
  const key = keyOf(area);
  clearTimeout(timers.get(key));
  timers.delete(key);
  const text = area.value;
  const url = composer().dataset.draft;
  const shown = area.dataset.version;
  const send = () => post(url, { mode: kind, teks: text, versi: versions.get(key) ?? shown, ...(over && { timpa: "1" }) }, { keepalive });
  const before = underway.get(key);
  const done = (before ? before.then(send) : send())
    .then((answer) => settled(key, kind, text, answer))
    .catch(() => failed(key, kind))
    .finally(() => underway.get(key) === done && underway.delete(key));
  underway.set(key, done);
  return done;
}

async function settled(key, kind, text, answer) {
  const area = shownNow(key, kind);
  if (!answer.ok) {
    if (answer.status === 401) notSaved(401);
    throw new Error(`draft not kept: ${answer.status}`);
  }
  const kept = await answer.json();
  if (kept.clash) {
    if (area) clash(area, kept);
    return;
  }
  versions.set(key, kept.version);
  if (local(key)?.text === text) localStorage.removeItem(key);
  if (!area) return;
  area.dataset.version = kept.version;
  label(kind, kept.label);
  if (area.value === text) savedAgain();
  else schedule(area);
}

function failed(key, kind) {
  const area = shownNow(key, kind);
  if (!area) return;
  label(kind, composer().dataset.unsaved);
  if (local(key)) schedule(area, RETRY);
}

function label(kind, text) {
  const place = composer()?.querySelector(`[data-saved="${kind}"]`);
  if (place) place.textContent = text;
}

/* Two pages have changed one draft: the agent says which text stays. */
function clash(area, theirs) {
  if (theirs.text === area.value) {
    versions.set(keyOf(area), theirs.version);
    area.dataset.version = theirs.version;
    return;
  }
  clashes.set(area.dataset.when, theirs);
  document.getElementById("draf-lain").hidden = false;
}

addEventListener("click", (event) => {
  const take = event.target.closest?.("[data-draft-take]");
  if (!take && !event.target.closest?.("[data-draft-keep]")) return;
  document.getElementById("draf-lain").hidden = true;
  for (const [kind, theirs] of clashes) {
    const area = areaOf(kind);
    if (take) {
      area.value = theirs.text;
      area.dataset.version = theirs.version;
      versions.set(keyOf(area), theirs.version);
      localStorage.removeItem(keyOf(area));
      label(kind, theirs.label ?? "");
    } else save(kind, { over: true });
    area.focus();
  }
  clashes.clear();
});

addEventListener("input", (event) => {
  if (!event.target.matches?.("#tulis textarea[data-when]")) return;
  const area = event.target;
  keepLocal(keyOf(area), { text: area.value, base: area.dataset.version });
  schedule(area);
});

/* After loading, and after every swap of the ticket: what this browser knows and the server does not. */
export function restoreDrafts() {
  const form = composer();
  if (!form) return;
  clashes.clear();
  for (const area of areas()) {
    const key = keyOf(area);
    if (!underway.has(key)) versions.delete(key);
    if (form.dataset.sent === area.dataset.when) localStorage.removeItem(key);
    else reconcile(area, key);
  }
  delete form.dataset.sent;
}

function reconcile(area, key) {
  const mine = local(key);
  if (!mine) return;
  if (mine.text === area.value) {
    localStorage.removeItem(key);
    return;
  }
  const theirs = { text: area.value, version: area.dataset.version, label: "" };
  const newer = underway.has(key) || mine.base === area.dataset.version || mine.text.startsWith(area.value);
  area.value = mine.text;
  if (newer) schedule(area);
  else clash(area, theirs);
}

/* Everything that is not on the server yet; a promise, or null when there is nothing. */
export function flush(options) {
  const waiting = areas().filter((area) => timers.has(keyOf(area)));
  const saves = waiting.map((area) => save(area.dataset.when, options));
  const all = [...saves, ...underway.values()];
  return all.length ? Promise.allSettled(all) : null;
}

/* A file on its way: sending waits for it. */
export function waitFor(upload) {
  uploads.add(upload);
  upload.finally(() => uploads.delete(upload));
}

/* Before something is posted: the composer waits for its own saves and files, other actions for the drafts,
   so that nothing arrives after it and brings back what was sent. */
addEventListener("htmx:confirm", (event) => {
  if (!composer() || event.detail.verb === "get") return;
  let waits;
  if (event.target.id === "tulis") {
    for (const area of areas()) {
      if (area.dataset.when !== composer().dataset.mode) continue;
      clearTimeout(timers.get(keyOf(area)));
      timers.delete(keyOf(area));
    }
    waits = underway.size || uploads.size ? Promise.allSettled([...underway.values(), ...uploads]) : null;
  } else waits = flush();
  if (!waits) return;
  event.preventDefault();
  const by = event.target;
  by.dataset.held = ""; // what follows others leaves it in place: htmx sends nothing for what has left the page
  waits.then(() => {
    delete by.dataset.held;
    if (by.isConnected) event.detail.issueRequest(true);
    else notSaved();
  });
});

addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "percakapan" && event.detail.requestConfig?.verb === "get") flush({ keepalive: true });
});
addEventListener("pagehide", () => flush({ keepalive: true }));
const retry = () => areas().filter((area) => local(keyOf(area))).forEach((area) => schedule(area, 0));
addEventListener("online", retry);
addEventListener("dering:connected", () => signedInAgain() && retry());
addEventListener("focus", () => areas().filter((area) => local(keyOf(area)) && !timers.has(keyOf(area))).forEach((area) => schedule(area, 0)));
