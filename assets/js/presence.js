/* Who else is at a ticket: said by this page, shown in the head of the open ticket and on the rows of the list. */
import { isList } from "./lib.js";
import { mark, tell } from "./live.js";

const QUIET = 6000; // ms after the last key until someone no longer writes
let tickets = new Map();
let stops;
let told = {};

const opened = () => Number(document.getElementById("percakapan")?.dataset.pk) || null;
const others = (ticket) => (tickets.get(ticket) ?? []).filter(([user]) => String(user) !== mark()?.dataset.me);
export const writers = () => others(opened()).filter(([, , writes]) => writes === "reply").map(([, name]) => name);

function tellChanges(words) {
  const news = Object.entries(words).filter(([key, value]) => told[key] !== value);
  if (!news.length) return;
  told = { ...told, ...words };
  tell(Object.fromEntries(news));
}
const look = () => tellChanges({ view: document.hidden ? null : opened() });
function stop() {
  clearTimeout(stops);
  tellChanges({ writes: "" });
}

addEventListener("input", (event) => {
  if (!event.target.matches?.("#tulis textarea")) return;
  clearTimeout(stops);
  if (!event.target.value.trim()) return stop();
  tellChanges({ view: opened(), writes: event.target.form.dataset.mode });
  stops = setTimeout(stop, QUIET);
});
addEventListener("htmx:afterRequest", (event) => {
  if (event.target.id === "tulis" && event.detail.successful) stop();
});
document.addEventListener("visibilitychange", look);
addEventListener("htmx:afterSettle", (event) => {
  if (told.view !== undefined && told.view !== opened()) stop();
  look();
  showAll(event.detail.target);
});

const words = (key, names) => mark().dataset[key].replace("{who}", list(names));
const list = (names) => new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(names);
const letters = (name) => {
  const parts = name.split(" ").filter(Boolean);
  return (parts.length > 1 ? parts[0][0] + parts[1][0] : name.slice(0, 2)).toUpperCase();
};

function avatar(name) {
  const shown = document.createElement("span");
  shown.className = "avatar avatar-xs";
  shown.setAttribute("aria-hidden", "true");
  shown.title = name;
  shown.textContent = letters(name);
  return shown;
}

/* One sentence: who writes counts more than who looks. */
function sentence(people) {
  const names = (kind) => people.filter(([, , writes]) => writes === kind).map(([, name]) => name);
  for (const [kind, key] of [["chat", "asks"], ["reply", "writes"], ["note", "notes"], ["", "views"]]) if (names(kind).length) return words(key, names(kind));
  return "";
}

function showHead() {
  const place = document.getElementById("hadir");
  if (!place || !mark()) return;
  const people = others(opened());
  const text = sentence(people);
  if (place.textContent && place.dataset.said === text) return;
  place.dataset.said = text;
  place.toggleAttribute("data-writes", people.some(([, , writes]) => writes));
  const label = Object.assign(document.createElement("span"), { className: "dr-cut", textContent: text });
  place.replaceChildren(...people.slice(0, 3).map(([, name]) => avatar(name)), ...(text ? [label] : []));
}

function showRow(ticket) {
  const row = document.getElementById(`tiket-${ticket}`);
  if (!row || !mark()) return;
  const people = others(ticket);
  row.querySelector("[data-present]")?.remove();
  if (!people.length) return;
  const writes = people.some(([, , what]) => what);
  const shown = document.createElement("span");
  shown.className = "dr-live";
  shown.dataset.present = "";
  shown.title = sentence(people);
  const icon = Object.assign(document.createElement("i"), { className: writes ? "ti ti-pencil" : "ti ti-eye" });
  icon.setAttribute("role", "img");
  icon.setAttribute("aria-label", sentence(people));
  shown.append(icon, avatar(people[0][1]));
  if (people.length > 1) shown.append(`+${people.length - 1}`);
  row.lastElementChild.querySelector(":scope > .dr-sla, :scope > .avatar")?.before(shown);
}

export function showAll(within) {
  showHead();
  const rows = isList(within) || !within ? tickets.keys() : [];
  for (const ticket of rows) showRow(ticket);
}
export { showRow };

addEventListener("dering:present", ({ detail }) => {
  const before = detail.whole ? [...tickets.keys()] : [];
  if (detail.whole) tickets = new Map();
  for (const [ticket, people] of Object.entries(detail.tickets)) {
    if (people.length) tickets.set(Number(ticket), people);
    else tickets.delete(Number(ticket));
  }
  for (const ticket of new Set([...before, ...Object.keys(detail.tickets).map(Number)])) showRow(ticket);
  showHead();
});
addEventListener("dering:lost", () => {
  const before = [...tickets.keys()];
  tickets = new Map();
  for (const ticket of before) showRow(ticket);
  showHead();
});
addEventListener("dering:connected", () => {
  told = {};
  look();
});

/* Somebody else is writing an answer: ask before a second one goes out, and before anything else waits to send it. */
let asked = false;
const dialog = () => document.getElementById("tanya-mengetik");
addEventListener("htmx:confirm", (event) => {
  if (event.target.id !== "tulis" || event.target.dataset.mode !== "reply" || !writers().length) return;
  if (asked) {
    asked = false;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.detail.triggeringEvent?.submitter;
  dialog().querySelector("[data-who]").textContent = words("writes", writers());
  dialog().returnValue = "";
  dialog().addEventListener("close", () => {
    if (dialog().returnValue !== "kirim") return document.getElementById("teks")?.focus();
    asked = true;
    if (button?.isConnected) button.click();
    else event.target.requestSubmit();
  }, { once: true });
  dialog().showModal();
}, true);
