/* The ticket's dialog: what is loaded into it opens it; closing empties it. Without script the links are pages. */
addEventListener("htmx:afterSettle", (event) => {
  const box = event.detail.target;
  if (!box?.matches?.("dialog")) return;
  if (!box.open) {
    for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
    box.showModal();
  }
  (box.querySelector("[autofocus]") ?? box.querySelector("input, textarea, button"))?.focus();
});

addEventListener("click", (event) => {
  const box = event.target.closest?.("dialog");
  if (box && (event.target.closest("[data-close-dialog]") || event.target === box)) box.close();
});

addEventListener("close", (event) => {
  if (event.target.matches?.("dialog.dr-dialog:not([data-kept])")) event.target.replaceChildren();
}, true);

/* Up and down between the field of a search in the dialog and what it found. */
addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const box = step && event.target.closest?.("dialog");
  const all = box ? [...box.querySelectorAll("#cari-calon, .dr-candidate")] : [];
  const at = all.indexOf(event.target);
  if (at < 0) return;
  event.preventDefault();
  all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
});

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
