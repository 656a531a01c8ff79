/* The composer: reply or note, sending by key, and the dialogs that stand in its way. */
import { areaOf, composer, csrf, insert, openArea } from "./lib.js";
import { restoreDrafts } from "./composer-drafts.js";

export function setMode(mode) {
  const form = composer();
  form.dataset.mode = mode;
  form.elements.mode.value = mode;
  for (const tab of form.querySelectorAll("[data-mode-tab]")) tab.setAttribute("aria-selected", String(tab.dataset.modeTab === mode));
  form.querySelector("[role=tabpanel]").setAttribute("aria-labelledby", `tab-${mode}`);
  areaOf(mode).focus();
}

addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-mode-tab]");
  if (!tab || !composer()) return;
  event.preventDefault();
  setMode(tab.dataset.modeTab);
});

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("#tulis textarea")) return;
  event.preventDefault();
  const form = composer();
  const closing = event.shiftKey && form.dataset.mode === "reply";
  form.querySelector(closing ? "[data-send-close]" : `[data-send="${form.dataset.mode}"]`).click();
});

const FIELDS = "#tulis textarea, #properti :is(input, select, textarea)"; // an editor there closes by itself

/* Out of the composer and of the forms beside it, so that single letters are shortcuts again; what was typed stays. */
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !event.target.matches?.(FIELDS)) return;
  document.getElementById("judul-tiket")?.focus({ preventScroll: true });
});

/* Left and right along the tabs. */
addEventListener("keydown", (event) => {
  if (!/^Arrow(Left|Right)$/.test(event.key) || !event.target.matches?.("[data-mode-tab]")) return;
  const other = composer().querySelector(`[data-mode-tab]:not([data-mode-tab="${event.target.dataset.modeTab}"])`);
  setMode(other.dataset.modeTab);
  other.focus();
});

/* A ready text goes where the cursor is: an article, its address. */
addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-insert]");
  if (!button || !openArea()) return;
  button.closest("dialog")?.close();
  insert(areaOf("reply"), button.dataset.insert);
});

/* What may still be on its way is written with the cookie's token. */
addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  event.detail.headers["X-CSRFToken"] = csrf();
  if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = csrf();
});

/* The newest entry on the page is what the writer knows when they send. */
addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "tulis" || !event.detail.parameters.terlihat) return;
  const shown = [...document.querySelectorAll("#log [data-entry]")].map((entry) => Number(entry.dataset.entry));
  event.detail.parameters.terlihat = String(Math.max(Number(event.detail.parameters.terlihat), ...shown));
});

restoreDrafts();
