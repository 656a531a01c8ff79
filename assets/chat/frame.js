/* The widget in its frame: which of its faces is shown, and what it and the page around it tell each other. */
import { Refusal, ask, wait } from "./api.js";
import { composer } from "./composer.js";
import { config, el, say } from "./dom.js";
import { ending } from "./end.js";
import { offlineForm, startForm } from "./forms.js";
import * as line from "./line.js";
import { empty, hurry, put, startQueue } from "./queue.js";
import { forget, keep, kept, onOtherTab, recall } from "./store.js";
import * as thread from "./thread.js";

const body = document.getElementById("isi");
const subtitle = document.getElementById("keterangan");
const menu = document.getElementById("menu");
const framed = parent !== window;
let shown = !framed;
let state = {};
let read = 0;
let types;
let parts;
/* Lines of our own may be known before those of others with lower numbers: only what a sync brought counts as held. */
let held = 0;
let failed = false;
let troubled = false;

const tell = (said, more = {}) => framed && parent.postMessage({ dering: said, ...more }, "*");

function face(...children) {
  parts = undefined;
  menu.hidden = true;
  subtitle.textContent = "";
  body.replaceChildren(...children);
  if (shown) focusFirst();
}
const focusFirst = () => (body.querySelector("#tulis") ?? body.querySelector("input:not([type=radio]), textarea, button"))?.focus();

function showForms() {
  if (config.open) return face(startForm(begin));
  face(offlineForm((email) => {
    const more = el("button", { type: "button", class: "wide", text: say("anotherForm"), onclick: showForms });
    face(el("div", { class: "sheet" }, el("p", { class: "intro", role: "status", tabindex: "-1", text: say("formSent", { who: email }) }), more));
  }));
}

function begin(token, who) {
  keep({ token, who, queue: [], draft: "" });
  tell("kept", { on: true });
  showThread();
}

function restart() {
  const who = kept("who");
  line.stopLine();
  empty();
  forget();
  tell("kept", { on: false });
  thread.clear();
  read = held = 0;
  state = {};
  showForms();
  for (const [name, value] of [["nama", who?.name], ["email", who?.email]]) {
    const control = body.querySelector(`#${name}`);
    if (control && value) control.value = value;
  }
}

function showThread() {
  const note = el("p", { class: "note", role: "status", hidden: true });
  const write = composer({ send: (text, files) => (put(text, files), thread.toEnd()), types: (now) => ((types = now), line.look()) });
  const hint = el("p", { class: "intro hint", text: say("begin") });
  face(hint, thread.build(), el("div", { class: "after" }), note, write);
  parts = { note, write, hint, after: body.querySelector(".after"), key: "" };
  startQueue({ changed: () => (thread.draw(), condition()), sent: (one) => (thread.add([one]), line.look()), lost });
  line.startLine({ news, wait: (stop) => wait({ after: held, types: thread.typing() }, stop), types: thread.showTypes, state: condition });
  draw();
  if (shown) focusFirst();
}

async function lost(error) {
  if (error.status !== 401) return line.look();
  restart();
  return undefined;
}

/* Ask what is new, and say what is here and was read. */
async function news() {
  const visible = shown && !document.hidden;
  const have = held;
  if (visible) read = Math.max(read, have);
  const said = types;
  types = undefined;
  try {
    const found = await ask("kabar/", { after: have, read: Math.min(read, have), ...(said === undefined ? {} : { types: said }) });
    held = Math.max(held, ...found.lines.map((one) => one.seq), 0);
    read = Math.max(read, found.read);
    state = found;
    failed = false;
    const fresh = thread.add(found.lines);
    thread.showSeen(found.seen);
    if (!line.connected && !line.holds) thread.showTypes(found.types);
    if (found.more || (fresh && visible)) queueMicrotask(line.look);
    tell("unread", { n: visible ? 0 : thread.theirs(read) });
    draw();
    hurryAfterTrouble();
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return restart();
    failed = true;
    condition();
  }
  return undefined;
}

function hurryAfterTrouble() {
  if (troubled) hurry();
  if (troubled) for (const image of body.querySelectorAll(".picture img")) if (image.complete && !image.naturalWidth) image.src = image.src;
  troubled = false;
  condition();
}

function condition() {
  if (!parts) return;
  troubled ||= failed || !navigator.onLine;
  const text = failed || !navigator.onLine ? say("offline") : "";
  if (parts.note.textContent !== text) parts.note.textContent = text;
  parts.note.hidden = !text;
  body.dataset.line = line.connected ? "socket" : failed ? "off" : line.holds ? "hold" : "poll";
}

function draw() {
  if (!parts) return;
  subtitle.textContent = state.ticket ? say("ticket", { who: state.ticket }) : "";
  parts.hint.hidden = thread.highest() > 0 || state.ended;
  parts.write.hidden = Boolean(state.ended);
  menu.hidden = Boolean(state.ended) || !thread.highest();
  const key = JSON.stringify([state.ended, state.closed, state.rate, state.rated]);
  if (key === parts.key) return;
  parts.key = key;
  const over = state.ended || state.closed;
  const before = parts.after.contains(document.activeElement) || (state.ended && document.activeElement === document.body);
  parts.after.replaceChildren(...(over ? [ending(state, { restart, changed: () => line.look() })] : []));
  if (over) thread.toEnd();
  if (before && shown) focusFirst();
}

const asked = document.getElementById("tanya-akhir");
menu.addEventListener("click", () => asked.showModal());
asked.addEventListener("close", async () => {
  if (asked.returnValue !== "akhiri") return;
  try {
    await ask("akhir/");
  } catch {
    document.getElementById("kabar").textContent = say("error");
  }
  line.look();
});

const close = document.getElementById("tutup");
close.hidden = !framed;
close.addEventListener("click", () => tell("close"));
addEventListener("keydown", (event) => event.key === "Escape" && !asked.open && framed && tell("close"));
addEventListener("online", () => (hurry(), condition()));
addEventListener("offline", condition);
addEventListener("message", ({ source, data }) => {
  if (source !== parent || !data) return;
  if (data.dering === "open") (shown = true), thread.toEnd(), focusFirst(), line.look();
  if (data.dering === "close") shown = false;
});
onOtherTab(() => location.reload());

await recall();
if (kept("token")) showThread();
else showForms();
tell("ready");
