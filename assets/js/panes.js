/* Which pane a narrow screen shows. */
import { inbox } from "./lib.js";

/* By keyboard the first property that can be changed has the focus; the same key leads back to the ticket. */
function byKey() {
  const props = document.getElementById("properti");
  if (props.contains(document.activeElement)) {
    inbox().dataset.pane = "thread";
    return document.getElementById("judul-tiket")?.focus();
  }
  inbox().dataset.pane = "props";
  (props.querySelector(".dr-edit") ?? props.querySelector("a, button, summary"))?.focus();
}

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
  else if (wanted === "props" && event.detail === 0) byKey();
  if (wanted === "list") document.querySelector(".dr-ticket a[aria-current]")?.focus();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && inbox()?.dataset.pane === "props") inbox().dataset.pane = "thread";
});
