/* The open ticket: where the focus goes after a swap. */
import { inbox, openArea, rows, savedAgain } from "./lib.js";
import { focusAfter } from "./properties.js";
import { markOpened } from "./list.js";
import { restoreDrafts } from "./composer-drafts.js";
import { openDialogs, openLog } from "./conversation.js";

/* After a ticket is done the next row gets the focus, as soon as the list shows the change. */
let nextRow = "";
addEventListener("htmx:beforeRequest", (event) => {
  const closing = event.target.id === "tulis" && event.detail.requestConfig.parameters.lalu === "selesai";
  if (!closing && !event.target.matches?.("[data-next-row]")) return;
  const all = rows();
  const at = all.findIndex((row) => row.ariaCurrent === "true");
  nextRow = at < 0 ? "" : (all[at + 1] ?? all[at - 1])?.pathname ?? "";
});

function focusNextRow() {
  const row = nextRow && rows().find((one) => one.pathname === nextRow);
  nextRow = "";
  const free = [document.body, document.getElementById("judul-tiket")].includes(document.activeElement);
  if (row && free && !document.querySelector("#penolakan")) row.focus();
}

addEventListener("htmx:afterSettle", (event) => {
  const by = event.detail.requestConfig?.elt;
  if (!by || !inbox()) return;
  markOpened();
  if (by.id === "daftar") return focusNextRow();
  if (event.detail.target?.closest?.("#daftar, dialog, .dr-merged")) return;
  if (focusAfter(by) || by.closest?.(".dr-editor, .dr-edit") || event.detail.target?.id === "kartu") return;
  if (event.detail.requestConfig.target?.id !== "percakapan") return;
  savedAgain();
  restoreDrafts();
  openLog();
  openDialogs();
  if (document.querySelector("dialog[open]")) return;
  if (document.activeElement?.matches("#tulis textarea")) return; // someone is already writing
  if (by.matches("[data-open]")) {
    inbox().dataset.pane = "thread";
    document.getElementById("judul-tiket")?.focus();
  } else if (by.id === "tulis" && openArea()?.disabled === false) openArea().focus();
  else document.getElementById("judul-tiket")?.focus();
});
