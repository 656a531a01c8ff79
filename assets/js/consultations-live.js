/* The front desk and the calendar follow what others do: after a hint the page asks for what it shows and puts in what
   differs. What somebody writes, has ticked or drags stays as it is, and so do the focus and the place one has scrolled to. */
import { part, released, spread } from "./live.js";

const ROUND = 2000; // ms between two questions
const PLACE = "consultations";
const desk = () => document.getElementById("tamu-hari-ini");
const calendar = () => document.querySelector("main.dr-consult");
const search = () => document.getElementById("cari-tamu");
const drawer = () => document.getElementById("rinci");

let timer;
let asking = false;
let again = false; // something happened while an answer was on its way that may not know of it
let last = 0;
let owed = false; // something was left alone because somebody was at it

function soon() {
  if (asking) again = true;
  if (asking || timer || document.hidden || !(desk() || calendar())) return;
  timer = setTimeout(renew, Math.max(0, last + ROUND - Date.now()));
}

async function renew() {
  last = Date.now();
  timer = undefined;
  asking = true;
  owed = again = false;
  try {
    if (desk()) await renewDesk();
    else if (calendar()) await renewCalendar();
  } finally {
    asking = false;
  }
  if (again) soon();
}

/* Markup without what differs each time. */
const plain = (box) => box.outerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "").replace(/ aria-current="[^"]*"/g, "").replace(/\s+/g, " ");

function touched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
}
const busy = (box) => box.contains(document.activeElement) || [...box.querySelectorAll("input, textarea, select")].some(touched);

async function renewDesk() {
  const typed = search()?.value ?? "";
  const found = await part(`${desk().dataset.now}?cari=${encodeURIComponent(typed)}`);
  const now = found?.getElementById("tamu-hari-ini");
  if (!now || !desk() || (search()?.value ?? "") !== typed) return;
  put(document.getElementById("hitungan-meja"), found.getElementById("hitungan-meja"));
  if (plain(now) === plain(desk())) return;
  const main = document.getElementById("isi"), scrolled = main.scrollTop, active = document.activeElement;
  const wanted = [...now.children].map((card) => chosen(document.getElementById(card.id || "-"), card));
  for (const card of [...desk().children]) if (!wanted.includes(card)) card.remove();
  let place = desk().firstElementChild;
  for (const card of wanted) {
    if (card === place) place = place.nextElementSibling;
    else desk().insertBefore(card, place);
  }
  main.scrollTop = scrolled;
  if (active !== document.activeElement && active.isConnected) active.focus({ preventScroll: true });
}

/* The card to show: the new one, unless somebody is at the old one; then only its head and its figures are new. */
function chosen(old, card) {
  if (!old) return card;
  if (plain(old) === plain(card)) return old;
  if (!busy(old)) return card;
  owed = true;
  for (const name of ["header", "p"]) {
    const before = old.querySelector(`:scope > ${name}`), after = card.querySelector(`:scope > ${name}`);
    if (before && after && !before.contains(document.activeElement)) before.replaceWith(after);
  }
  old.dataset.status = card.dataset.status;
  return old;
}

async function renewCalendar() {
  const found = await part(calendar().dataset.now);
  if (!found || !calendar()) return;
  if (document.querySelector("[data-dragged]")) {
    owed = true;
    return;
  }
  for (const id of ["unit-kalender", "jumlah-kalender"]) put(document.getElementById(id), found.getElementById(id));
  renewView(found.getElementById("isi-kalender"));
  renewDrawer(found.getElementById("rinci"));
}

function put(old, now) {
  if (old && now && !old.contains(document.activeElement) && plain(old) !== plain(now)) old.replaceWith(now);
}

function renewView(now) {
  const old = document.getElementById("isi-kalender");
  if (!old || !now || plain(old) === plain(now)) return;
  const scroll = old.closest(".dr-scroll"), scrolled = scroll.scrollTop;
  const held = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(now);
  scroll.scrollTop = scrolled;
  if (held) [...now.querySelectorAll("a")].find((link) => link.getAttribute("href") === held && link.checkVisibility())?.focus({ preventScroll: true });
}

/* The open reservation: shown anew, unless somebody is writing there or reads what was refused. */
function renewDrawer(now) {
  const old = drawer();
  if (!old?.dataset.version || !now || now.dataset.version === old.dataset.version) return;
  const fields = [...old.querySelectorAll("input, textarea, select")];
  const writing = fields.some((field) => touched(field) || field === document.activeElement) || old.querySelector("[role=alert], .dr-moving");
  if (writing) return tellChanged(old, now.dataset.version);
  const scrolled = old.querySelector(".dr-scroll")?.scrollTop ?? 0, open = old.querySelector("details.dr-more")?.open;
  const focused = old.contains(document.activeElement);
  old.replaceWith(now);
  const more = now.querySelector("details.dr-more");
  if (more && open) more.open = true;
  if (now.querySelector(".dr-scroll")) now.querySelector(".dr-scroll").scrollTop = scrolled;
  if (focused) now.querySelector("h2")?.focus({ preventScroll: true });
}

function tellChanged(old, version) {
  if (old.dataset.told === version) return;
  old.dataset.told = version;
  old.querySelector("[data-told-change]")?.remove();
  const notice = document.createElement("p");
  notice.className = "dr-notice";
  notice.dataset.tone = "warn";
  notice.dataset.toldChange = "";
  notice.setAttribute("role", "status");
  notice.textContent = old.dataset.changed;
  old.querySelector(".dr-scroll")?.prepend(notice);
}

addEventListener("dering:place", ({ detail }) => (detail.everything || detail.places.has(PLACE)) && soon());
document.addEventListener("visibilitychange", () => document.hidden || soon());
addEventListener("focusout", () => owed && released().then(soon));
addEventListener("pointerup", () => owed && soon());
setInterval(() => Date.now() - last > 60_000 && soon(), spread(60_000));
