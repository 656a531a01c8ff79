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

addEventListener("htmx:afterSwap", (event) => {
  const opener = event.detail.requestConfig?.elt;
  if (!opener?.matches?.("[data-open]")) return;
  for (const row of rows()) row.removeAttribute("aria-current");
  opener.setAttribute("aria-current", "true");
  inbox().dataset.pane = "thread";
  toTheEnd();
  document.getElementById("judul-tiket")?.focus();
});
toTheEnd();
