/* Consultations: a block of the calendar is dragged to another time, where the page then checks the rules; the front desk
   checks in by Enter; lists of guests grow; selects that submit, badges that print. */
const STEP = 15; // minutes
const FAR = 6; // pixels before a press is a drag

let drag = null;

const calendar = () => document.querySelector("[data-calendar]");
const columnAt = (x) => [...calendar().querySelectorAll(".dr-dayc")].find((one) => {
  const box = one.getBoundingClientRect();
  return x >= box.left && x < box.right;
});
const number = (element, name) => Number.parseFloat(element.style.getPropertyValue(name));

/* Minutes of the day at which the dragged block would start, on whole quarters. */
function minutesAt(column, y) {
  const box = column.getBoundingClientRect(), from = number(calendar(), "--from"), span = number(calendar(), "--span");
  const raw = from + ((y - box.top) / box.height) * span * 60;
  const length = number(drag.block, "--e") - number(drag.block, "--s");
  return Math.min(Math.max(Math.round(raw / STEP) * STEP, from), from + span * 60 - length);
}

function over(event) {
  const column = columnAt(event.clientX);
  for (const one of calendar().querySelectorAll("[data-drop]")) if (one !== column) one.removeAttribute("data-drop");
  if (!column) return (drag.to = null);
  column.setAttribute("data-drop", "");
  const start = minutesAt(column, event.clientY - drag.grip);
  const length = number(drag.block, "--e") - number(drag.block, "--s");
  drag.block.style.setProperty("--s", start);
  drag.block.style.setProperty("--e", start + length);
  if (drag.block.closest(".dr-dayc") !== column) column.append(drag.block.parentElement);
  return (drag.to = { column, start });
}

const two = (value) => String(value).padStart(2, "0");

function drop() {
  const { block, to, began } = drag;
  drag = null;
  for (const one of document.querySelectorAll("[data-drop]")) one.removeAttribute("data-drop");
  block.removeAttribute("data-dragged");
  if (!to || (to.start === began.start && to.column === began.column)) return;
  const address = new URL(block.href);
  address.searchParams.set("pindah", `${to.column.dataset.day}T${two(Math.floor(to.start / 60))}:${two(to.start % 60)}`);
  if (to.column.dataset.room && to.column.dataset.room !== "-") address.searchParams.set("ruang_baru", to.column.dataset.room);
  location.assign(address);
}

addEventListener("pointerdown", (event) => {
  const block = event.target.closest?.("[data-calendar] .dr-ev[data-movable]");
  if (!block || event.button !== 0 || event.pointerType === "touch") return;
  const column = block.closest(".dr-dayc");
  drag = { block, x: event.clientX, y: event.clientY, grip: event.clientY - block.getBoundingClientRect().top, moved: false, to: null, began: { column, start: number(block, "--s") } };
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
  drag.moved = true;
  drag.block.setAttribute("data-dragged", "");
  over(event);
});
addEventListener("pointerup", () => {
  if (!drag) return;
  if (drag.moved) {
    const still = (click) => click.preventDefault();
    addEventListener("click", still, true);
    setTimeout(() => { removeEventListener("click", still, true); drop(); });
  } else drag = null;
});
addEventListener("pointercancel", () => { drag = null; });
addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-calendar]")) event.preventDefault(); });
addEventListener("keydown", (event) => { if (event.key === "Escape" && drag?.moved) { drag = null; location.reload(); } });

/* Enter goes to the first that was found; when the answer to what is typed is still on its way, as soon as it is there. */
let wanted = null;
let broken = false; // the question was not answered: the form asks by itself
const list = () => document.getElementById("tamu-hari-ini");
const first = () => list()?.querySelector("[data-check-in]");
addEventListener("submit", (event) => {
  const search = event.target.closest?.("[data-desk-search]");
  if (!search || !list() || broken) return;
  const typed = search.elements.cari.value.trim();
  if (list().dataset.searched === typed) {
    if (!first()) return;
    event.preventDefault();
    first().focus();
  } else {
    event.preventDefault();
    wanted = typed;
  }
});
for (const trouble of ["htmx:sendError", "htmx:responseError"]) {
  addEventListener(trouble, ({ detail }) => { if (detail.elt.matches?.("[name=cari]")) broken = true; });
}
addEventListener("htmx:afterSettle", () => {
  broken = false;
  if (wanted === null || list()?.dataset.searched !== wanted) return;
  wanted = null;
  if (document.activeElement.matches("[name=cari]")) first()?.focus();
});
addEventListener("input", (event) => { if (event.target.matches?.("[name=cari]")) wanted = null; });

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
  const more = event.target.closest?.("[data-add-row]");
  const rows = more?.parentElement.querySelector("[data-rows]");
  if (!rows) return;
  const fresh = rows.lastElementChild.cloneNode(true), place = rows.children.length + 1;
  for (const part of fresh.querySelectorAll("input")) { part.value = ""; part.id = `${part.name}-${place}`; }
  fresh.querySelectorAll("label").forEach((label, index) => {
    label.htmlFor = `${index ? "jabatan" : "tamu"}-${place}`;
    label.textContent = label.textContent.replace(/\d+/, place);
  });
  rows.append(fresh);
  fresh.querySelector("input").focus();
});

/* The check while typing leaves the letter itself out, and says that one is chosen. */
addEventListener("htmx:configRequest", ({ detail }) => {
  const letter = detail.elt.id === "form-reservasi" && detail.elt.elements.surat?.files[0];
  if (letter) detail.parameters.surat_dipilih = letter.name;
});
addEventListener("change", (event) => { if (event.target.matches?.("select[data-submits]")) event.target.form.requestSubmit(); });

document.querySelector('main [data-focus=""]')?.focus(); // with a value it says where a button leads
