/* The conversation: lines by their numbers, and after them what is still to be sent. */
import { config, dayOf, el, icon, linked, say, size, time } from "./dom.js";
import { again, put, settled, waiting } from "./queue.js";

const lines = new Map();
let list, log, types;
let seen = "";

export const highest = () => Math.max(0, ...lines.keys());
export const theirs = (after) => [...lines.values()].filter((line) => !line.mine && line.seq > after).length;

export function build() {
  list = el("ol", { class: "lines" });
  types = el("p", { class: "types", hidden: true }, el("span", { text: say("types") }), el("i"), el("i"), el("i"));
  log = el("div", { class: "log", role: "log", "aria-label": say("log"), "aria-relevant": "additions", tabindex: "0" }, list, types);
  draw();
  return log;
}

export function clear() {
  lines.clear();
  seen = "";
}

/* Take lines in, each once. Returns how many of them others wrote. */
export function add(found) {
  let fresh = 0;
  for (const line of found) {
    if (line.id) settled(line.id);
    if (lines.has(line.seq)) continue;
    lines.set(line.seq, line);
    if (!line.mine) fresh += 1;
  }
  if (found.length) draw();
  return fresh;
}

export function showSeen(until) {
  if (until === seen) return;
  seen = until;
  draw();
}

export function showTypes(now) {
  if (!types || types.hidden === !now) return;
  const low = atEnd();
  types.hidden = !now;
  document.getElementById("kabar").textContent = now ? say("types") : "";
  if (low) toEnd();
}

export const typing = () => Boolean(types && !types.hidden);

const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 60;
export const toEnd = () => log && (log.scrollTop = log.scrollHeight);

/* Only what is new is put in: nothing that someone reads or points at is made again. */
export function draw() {
  if (!list) return;
  const low = atEnd();
  const wanted = [];
  let day = "";
  const sorted = [...lines.values()].sort((a, b) => a.seq - b.seq);
  const last = sorted.at(-1);
  for (const line of sorted) {
    if (dayOf(line.at) !== day) {
      day = dayOf(line.at);
      wanted.push([`d${day}`, "", () => el("li", { class: "day", text: day })]);
    }
    const state = line.mine ? (isSeen(line, sorted) ? "seen" : "sent") : line === last && !waiting().length ? "last" : "";
    wanted.push([`s${line.seq}`, state, () => shown(line, state)]);
  }
  for (const item of waiting()) {
    const state = item.failed ? `failed ${item.failed}` : navigator.onLine ? "sending" : "waits";
    wanted.push([`q${item.id}`, state, () => unsent(item, state)]);
  }
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const [key, state, make] of wanted) {
    let child = before.get(key);
    before.delete(key);
    if (!child || child.dataset.state !== state) {
      const made = make();
      made.dataset.key = key;
      made.dataset.state = state;
      if (child === place) place = place?.nextElementSibling ?? null;
      child?.remove();
      child = made;
    }
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const child of before.values()) child.remove();
  if (low) toEnd();
}

const isSeen = (line, sorted) => (seen && new Date(seen) >= new Date(line.at)) || sorted.some((other) => other.seq > line.seq && !other.mine && !other.bot);

function shown(line, state) {
  const head = el("p", { class: "who" }, el("b", { text: line.mine ? say("you") : line.who }), " ", time(line.at), line.mine && mark(state));
  return el("li", { class: line.mine ? "msg mine" : "msg" }, head, bubble(line.text, line.files, line.quote), state === "last" && choices(line.choices));
}

function mark(state) {
  return el("span", { class: "mark", title: say(state) }, icon(state), el("span", { class: "sr", text: say(state) }));
}

function bubble(text, files, quote) {
  const names = files.map((file) => file.name).join(", ");
  return el("div", { class: "bubble" }, quote && el("blockquote", {}, el("b", { text: quote.who || say("you") }), " ", quote.text), text && text !== names ? el("p", {}, linked(text)) : null, files.map(attachment));
}

function attachment(file) {
  if (!file.key) return el("p", { class: "file" }, icon("clip"), el("span", { text: file.name }));
  const href = `berkas/${file.key}/`;
  const picture = file.image && el("img", { src: href, alt: file.name, loading: "lazy" });
  const label = el("span", { text: `${file.name} (${size(file.size)})` });
  return el("a", { class: picture ? "file picture" : "file", href, download: file.name }, picture || icon("clip"), label);
}

function choices(given) {
  if (!given?.length) return null;
  const buttons = given.map((one) => el("button", { type: "button", class: "choice", text: one.title, onclick: () => put(one.title, [], one.id) }));
  return el("div", { class: "choices" }, buttons);
}

function unsent(item, state) {
  const failed = state.startsWith("failed");
  const names = item.files.length ? item.files.map(({ name }) => ({ name })) : (item.names ?? []).map((name) => ({ name }));
  const head = el("p", { class: "who" }, el("b", { text: say("you") }), " ", time(item.at));
  const lasting = config.words[item.failed] ?? item.failed;
  const note = failed
    ? el("p", { class: "wrong" }, `${say("failed")}. ${lasting} `,
        item.failed !== "gone" && el("button", { type: "button", class: "link", text: say("again"), onclick: () => again(item.id) }), " ",
        el("button", { type: "button", class: "link", text: say("drop"), onclick: () => settled(item.id) }))
    : el("p", { class: "state" }, icon("clock"), say(state));
  return el("li", { class: "msg mine pending" }, head, bubble(item.text, names), note);
}
