/* A unit's queue: rows by J and K, an escalation beside them, the list read again when something happens, and an answer
   that is being written kept in this tab until it is sent. */
import htmx from "htmx.org";
import { free } from "./list.js";
import { part, spread } from "./live.js";
import { insert } from "./lib.js";

const ROUND = 2000; // ms between two readings of the list
const MINUTE = 60_000;
const page = () => document.querySelector(".dr-layer2");
const list = () => document.getElementById("antrean-unit");
const drawer = () => document.getElementById("jawab");
const links = () => [...document.querySelectorAll("#antrean-unit a[data-eskalasi]")];
const current = () => links().find((link) => link === document.activeElement) ?? links().find((link) => link.ariaCurrent === "true");
const area = () => document.getElementById("jawaban");

function mark() {
  const open = drawer()?.dataset.eskalasi;
  for (const link of links()) {
    if (link.dataset.eskalasi === open) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

addEventListener("keydown", (event) => {
  if (!page() || !free(event)) return;
  if (event.key === "Escape" && page().dataset.pane === "drawer") {
    event.preventDefault();
    return close();
  }
  const by = { j: 1, k: -1 }[event.key];
  if (by) {
    const all = links();
    all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))]?.focus();
  } else if (event.key === "o") current()?.click();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !page()) return;
  const form = event.target.closest?.("form[method=post]");
  if (!form || !page().contains(form)) return;
  event.preventDefault();
  form.requestSubmit();
});

/* Back to the list; its row has the focus again. */
function close() {
  const row = links().find((link) => link.dataset.eskalasi === drawer()?.dataset.eskalasi);
  page().dataset.pane = "list";
  (row ?? document.getElementById("daftar-eskalasi")).focus();
}

addEventListener("click", (event) => {
  if (!page()) return;
  if (event.target.closest?.("[data-close-drawer], [data-show-pane=list]")) {
    event.preventDefault();
    close();
  }
  const quote = event.target.closest?.("[data-quote]");
  if (quote && area()) {
    insert(area(), quote.dataset.quote);
    document.querySelector("#form-jawab [name=artikel]").value = quote.dataset.code;
  }
});

addEventListener("htmx:afterSettle", () => {
  if (!page() || !drawer()?.dataset.eskalasi) return;
  mark();
  restore();
});
addEventListener("htmx:afterSwap", (event) => {
  if (!page() || event.detail.target?.id !== "jawab" || !drawer().dataset.eskalasi) return;
  page().dataset.pane = "drawer";
  drawer().querySelector("h2").focus();
});
addEventListener("popstate", () => page() && location.reload());

/* What is written is kept by this tab. */
const KEPT = "dering:jawaban:";
function restore() {
  const field = area();
  if (!field || field.value) return;
  field.value = sessionStorage.getItem(KEPT + field.dataset.draft) ?? "";
}
addEventListener("input", (event) => {
  if (event.target.dataset?.draft) sessionStorage.setItem(KEPT + event.target.dataset.draft, event.target.value);
});
addEventListener("submit", (event) => {
  if (event.target.id === "form-jawab" && area()) sessionStorage.removeItem(KEPT + area().dataset.draft);
});
addEventListener("change", (event) => event.target.matches?.("select[data-submit]") && event.target.form.requestSubmit());
if (page()) restore();

/* The list follows what happens; what has the focus keeps it, and what is being written is left alone. */
let timer;
let last = 0;
let reading = false;
let again = false; // something happened while the list was being read: what comes may not know of it
function soon() {
  again ||= reading;
  if (timer || reading || !list() || document.hidden) return;
  timer = setTimeout(renew, Math.max(0, last + ROUND - Date.now()));
}
async function renew() {
  timer = undefined;
  [last, reading, again] = [Date.now(), true, false];
  const found = await part(list().dataset.address);
  reading = false;
  if (again) soon();
  const now = found?.getElementById("antrean-unit");
  if (!now || !list()) return;
  follow(now);
  if (plain(now) === plain(list()) || list().contains(document.activeElement?.closest("select"))) return;
  const held = list().contains(document.activeElement) && document.activeElement.dataset.eskalasi;
  const scrolled = document.getElementById("daftar-eskalasi").scrollTop;
  list().replaceWith(now);
  htmx.process(now);
  mark();
  document.getElementById("daftar-eskalasi").scrollTop = scrolled;
  if (held) links().find((link) => link.dataset.eskalasi === held)?.focus({ preventScroll: true });
}
const plain = (box) => box.outerHTML.replace(/ (data-now|data-countdown|data-at|data-left|data-state|style|aria-current)="[^"]*"/g, "").replace(/\s+/g, " ");

/* The open escalation has moved: shown anew, unless somebody is writing. */
function follow(now) {
  const open = drawer();
  if (!open?.dataset.eskalasi) return;
  const row = now.querySelector(`#eskalasi-${open.dataset.eskalasi}`);
  if (!row || row.dataset.status === open.dataset.status) return;
  if (area()?.value.trim() || open.querySelector("dialog[open]")) document.getElementById("jawab-berubah").hidden = false;
  else htmx.ajax("GET", location.href, { target: "#jawab", swap: "outerHTML" });
}

addEventListener("dering:hint", soon);
document.addEventListener("visibilitychange", soon);
setInterval(() => {
  if (!list()) return;
  const ended = [...list().querySelectorAll("[data-clock]")].some((clock) => clock.dataset.state === "late");
  if (ended || Date.now() - last > MINUTE) soon();
}, spread(MINUTE / 2));
