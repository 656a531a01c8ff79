/* The inbox: which pane a narrow screen shows, J and K along the list, and where the focus goes when a ticket opens. */
const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
const rows = () => [...document.querySelectorAll(".dr-ticket a[data-open]")];
const inbox = () => document.querySelector(".dr-inbox");

const toTheEnd = () => {
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
};

addEventListener("click", (event) => {
  const control = event.target.closest?.("[data-show-pane]");
  if (!control || !inbox()) return;
  event.preventDefault();
  const wanted = control.dataset.showPane;
  inbox().dataset.pane = wanted === "props" && inbox().dataset.pane === "props" ? "thread" : wanted;
  const field = control.dataset.focus && document.getElementById(control.dataset.focus);
  if (field) {
    inbox().dataset.pane = "props";
    field.focus();
    field.scrollIntoView({ block: "nearest" });
  }
  if (wanted === "list") document.querySelector(".dr-ticket a[aria-current]")?.focus();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && inbox()?.dataset.pane === "props") inbox().dataset.pane = "thread";
  const step = { j: 1, k: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const all = rows();
  const from = all.indexOf(document.activeElement);
  const start = from < 0 ? all.findIndex((row) => row.ariaCurrent === "true") : from;
  all[Math.min(all.length - 1, Math.max(0, start + step))]?.focus();
});

/* The composer: reply or note, each with a draft of its own that outlives a reload of this tab. */
const composer = () => document.getElementById("tulis");
const draftOf = (area) => `draf:${composer().dataset.ticket}:${area.dataset.when}`;

function setMode(mode) {
  const form = composer();
  form.dataset.mode = mode;
  form.elements.mode.value = mode;
  for (const tab of form.querySelectorAll("[data-mode-tab]")) tab.setAttribute("aria-selected", String(tab.dataset.modeTab === mode));
  form.querySelector("[role=tabpanel]").setAttribute("aria-labelledby", `tab-${mode}`);
  form.querySelector(`textarea[data-when="${mode}"]`).focus();
}

function restoreDrafts() {
  const form = composer();
  if (!form) return;
  for (const area of form.querySelectorAll("textarea")) {
    if (form.dataset.sent === area.dataset.when) sessionStorage.removeItem(draftOf(area));
    else if (!area.value) area.value = sessionStorage.getItem(draftOf(area)) ?? "";
  }
  delete form.dataset.sent;
}

addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-mode-tab]");
  if (!tab || !composer()) return;
  event.preventDefault();
  setMode(tab.dataset.modeTab);
});

addEventListener("input", (event) => {
  if (!event.target.matches("#tulis textarea")) return;
  if (event.target.value) sessionStorage.setItem(draftOf(event.target), event.target.value);
  else sessionStorage.removeItem(draftOf(event.target));
});

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("#tulis textarea")) return;
  event.preventDefault();
  composer().querySelector(`[data-send="${composer().dataset.mode}"]`).click();
});

/* What could not be saved stays where it was typed, with the reason above it. */
function notSaved(event) {
  const notice = document.getElementById("terputus");
  if (!notice) return;
  notice.dataset.why = event.detail.xhr?.status === 401 ? "session" : "other";
  notice.hidden = false;
}
addEventListener("htmx:responseError", notSaved);
addEventListener("htmx:sendError", notSaved);

function markOpened() {
  for (const row of rows()) {
    if (new URL(row.href).pathname === location.pathname) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

addEventListener("htmx:afterSettle", (event) => {
  const by = event.detail.requestConfig?.elt;
  if (!by || !inbox()) return;
  markOpened();
  if (by.id === "daftar") return;
  restoreDrafts();
  toTheEnd();
  if (document.activeElement?.matches("#tulis textarea")) return; // someone is already writing
  if (by.matches("[data-open]")) {
    inbox().dataset.pane = "thread";
    document.getElementById("judul-tiket")?.focus();
  } else if (by.id === "tulis") composer()?.querySelector(`textarea[data-when="${composer().dataset.mode}"]`).focus();
  else if (!document.querySelector("#properti .dr-change[open]")) document.getElementById("judul-tiket")?.focus();
});
restoreDrafts();
toTheEnd();
