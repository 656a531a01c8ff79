/* The list: J and K along it, which row is the open one, what keeps the focus when it is read again. */
import { inbox, isList, letters, notSaved, post, reduced, rows, typing } from "./lib.js";
import { say } from "./live.js";
import { askAgain, marked, markedAt } from "./live-list.js";
import { askedAt } from "./order.js";

const list = () => document.getElementById("daftar");
const here = () => rows().find((row) => row === document.activeElement || row.closest("li").contains(document.activeElement));
/* The row that had the focus last, for when a menu or dialog has taken it. */
let last = "";
addEventListener("focusin", (event) => {
  last = event.target.closest?.(".dr-ticket")?.id ?? last;
});
export const back = () => (document.querySelector(`#${last || "daftar"} a[data-open]`) ?? list())?.focus();
export const current = () => here() ?? rows().find((row) => row.ariaCurrent === "true");

/* Whether a letter means a shortcut now. */
export const free = (event) => !reduced(event) && !typing(event.target) && letters() && !document.querySelector("dialog[open]");

/* The row a step away, or the way to the next page after the last one. */
export function step(by) {
  const all = rows();
  const from = all.indexOf(current());
  const past = by > 0 && from === all.length - 1 && document.querySelector("#daftar [data-page=next]");
  const target = past || all[Math.min(all.length - 1, Math.max(0, from + by))];
  target?.focus();
  return target;
}

addEventListener("keydown", (event) => {
  const by = { j: 1, k: -1 }[event.key];
  if (!by || !free(event)) return;
  step(by);
});

export function markOpened() {
  for (const row of rows()) {
    if (new URL(row.href).pathname === location.pathname) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/* An opened ticket is read, whichever node its row is by now; should somebody have marked it after it was asked for, the
   server says how it ended. */
addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (target.id !== "percakapan" || detail.requestConfig?.verb !== "get") return;
  const id = Number(target.dataset.pk);
  const row = document.getElementById(`tiket-${id}`);
  if (!row) return;
  if (markedAt(id) > askedAt(detail)) return askAgain(id);
  marked(id);
  delete row.dataset.unread;
  row.querySelector("a .visually-hidden")?.remove();
});

addEventListener("keydown", (event) => {
  if (event.key !== "u" || event.shiftKey || !free(event)) return;
  if (!current()) return document.querySelector('#tindakan [aria-keyshortcuts="U"]')?.click();
  const address = `${new URL(current().href).pathname}baca/`;
  unread(address);
});

/* By itself and not through htmx, which keeps one request of a page waiting and drops it for the next. */
async function unread(address) {
  const answer = await post(address, {}).catch(() => undefined);
  if (!answer?.ok) return notSaved(answer?.status);
  for (const [name, detail] of Object.entries(JSON.parse(answer.headers.get("HX-Trigger")))) say(name, detail);
}

/* What had the focus in list or views keeps it when they are read again; where its row is gone, the next one gets it. */
let kept = {};

function remember() {
  const all = rows();
  const at = all.indexOf(here());
  const ids = all.map((row) => row.closest("li").id);
  kept = {
    rows: at < 0 ? [] : [...ids.slice(at), ...ids.slice(0, at).reverse()],
    view: document.activeElement?.closest("#isi-tampilan") ? document.activeElement.getAttribute("href") : null,
  };
}

/* Somewhere else in the meantime, the title of the ticket just opened for one, keeps the focus. */
function restore() {
  if (document.activeElement && document.activeElement !== document.body) kept = {};
  if (kept.view) document.querySelector(`#isi-tampilan a[href="${CSS.escape(kept.view)}"]`)?.focus();
  if (kept.rows?.length) (kept.rows.map((id) => document.querySelector(`#${id} a[data-open]`)).find(Boolean) ?? list()).focus();
  kept = {};
}

addEventListener("htmx:beforeSwap", (event) => {
  if (isList(event.detail.target)) remember();
});
addEventListener("htmx:afterSettle", (event) => {
  if (!isList(event.detail.target)) return;
  markOpened();
  restore();
});

/* Empty fields of a form that makes an address would only lengthen it. */
addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-drop-empty]")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "" && event.formData.getAll(name).length === 1) event.formData.delete(name);
  }
});

/* On a phone the open pane is the list as soon as one goes back to it. */
addEventListener("popstate", () => inbox() && markOpened());
