/* What several scripts need. */
export const typing = (target) => target.matches?.("input:not([type=file]), textarea, select") || target.isContentEditable;
export const inbox = () => document.querySelector(".dr-inbox");
/* The list of tickets, or the pane that brings it. */
export const isList = (node) => ["daftar", "antrean"].includes(node?.id);
export const rows = () => [...document.querySelectorAll(".dr-ticket a[data-open]")];
export const composer = () => document.getElementById("tulis");
export const reduced = (event) => event.ctrlKey || event.metaKey || event.altKey;
/* Whether shortcuts of single characters are on; those with Ctrl always are. */
export const letters = (keys = "") => keys.startsWith("Ctrl") || document.documentElement.dataset.keys !== "off";
/* What a control is called: its data-command, its label, or its text without keys and counts. */
export function nameOf(control) {
  const named = control.dataset.command ?? control.getAttribute("aria-label") ?? control.labels?.[0]?.textContent;
  if (named) return words(named);
  const copy = control.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, .dr-count, .dr-num, [aria-hidden=true]")) part.remove();
  return words(copy.textContent);
}
export const words = (text) => text.replace(/\s+/g, " ").trim();

/* The token as the cookie has it now: signing in again in another tab changes it under an open page. */
export const csrf = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

/* Post a form's worth of values as this page; 401 instead of a sign-in page when the session has ended. */
export function post(url, values, { keepalive = false } = {}) {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  return fetch(url, { method: "POST", body, keepalive, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
}

export const areaOf = (kind) => composer()?.querySelector(`textarea[data-when="${kind}"]`);
export const openArea = () => composer() && areaOf(composer().dataset.mode);

/* Put text where the cursor is, as if it had been typed. */
export function insert(area, text) {
  area.focus();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Say that something could not be saved; what was typed stays. */
export function notSaved(status) {
  const notice = document.getElementById("terputus");
  if (!notice) return;
  notice.dataset.why = status === 401 ? "session" : "other";
  notice.hidden = false;
}
export const savedAgain = () => {
  const notice = document.getElementById("terputus");
  if (notice) notice.hidden = true;
};
/* The server knows who this is: what failed because the session had ended can be tried again. True when something had. */
export function signedInAgain() {
  if (document.getElementById("terputus")?.dataset.why !== "session") return false;
  savedAgain();
  return true;
}
