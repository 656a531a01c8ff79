/* What is still to be sent, in order, one at a time, each under its own id: sending it again is no second message. */
import { Refusal, newId, sendMessage } from "./api.js";
import { keep, kept } from "./store.js";

const LONGEST = 30_000;
let items = [];
let busy = false;
let timer;
let failures = 0;
let heard = { changed() {}, sent() {}, lost() {} };

/* Files live as long as the page: what is left of them after a reload is their names. */
export function startQueue(listener) {
  heard = listener;
  items = (kept("queue") ?? []).map((item) => ({ ...item, files: [], failed: item.names?.length ? "gone" : item.failed }));
  heard.changed();
  run();
}

const save = () => keep({ queue: items.map(({ id, text, choice, at, failed, files }) => ({ id, text, choice, at, failed, names: files.map((file) => file.name) })) });

export const waiting = () => items;

export function put(text, files = [], choice = "") {
  items.push({ id: newId(), text, files, choice, at: new Date().toISOString() });
  changed();
  run();
}

/* The server has it, whoever told: the answer to our call, or the thread itself. */
export function settled(id) {
  const before = items.length;
  items = items.filter((item) => item.id !== id);
  if (items.length !== before) changed();
}

export function again(id) {
  for (const item of items) if (item.id === id) delete item.failed;
  changed();
  hurry();
}

export function hurry() {
  clearTimeout(timer);
  failures = 0;
  run();
}

export function empty() {
  items = [];
  clearTimeout(timer);
}

function changed() {
  save();
  heard.changed();
}

async function run() {
  if (busy) return;
  clearTimeout(timer);
  busy = true;
  try {
    for (let item; (item = items.find((one) => !one.failed)); ) {
      try {
        const { line } = await sendMessage(item);
        failures = 0;
        heard.sent(line);
        settled(item.id);
      } catch (error) {
        if (!(error instanceof Refusal && error.lasts)) return later(error);
        if (error.status === 401 || error.code === "chat.ended") {
          item.failed = error.message;
          changed();
          return heard.lost(error);
        }
        item.failed = error.message || "error";
        changed();
      }
    }
  } finally {
    busy = false;
  }
}

/* Ever later, spread, so that a server that comes back is not met by all at once. */
function later() {
  const wait = Math.min(1000 * 2 ** failures++, LONGEST) * (0.8 + Math.random() * 0.4);
  timer = setTimeout(run, wait);
  heard.changed();
}
