/* Which pane a narrow screen shows. */
import { inbox } from "./lib.js";

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
});
