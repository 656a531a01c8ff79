/* Links and buttons with data-dialog open their form in the page's dialog; without this script they are pages of their
   own. The server's dering:buka goes to an address and says something there. */
import htmx from "htmx.org";
import { toast } from "./toast.js";

const KEPT = "dering:kabar";
const PLACE = "#dialog-tampilan";
const open = (address) => htmx.ajax("GET", address, { target: PLACE, swap: "innerHTML" });

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-dialog]");
  if (!link || !document.querySelector(PLACE) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.href);
});

addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-dialog]") || !document.querySelector(PLACE)) return;
  event.preventDefault();
  open(`${button.formAction}?${new URLSearchParams(new FormData(event.target))}`);
});

addEventListener("dering:buka", (event) => {
  const { address, toast: said } = event.detail;
  if (said) sessionStorage.setItem(KEPT, JSON.stringify(said));
  location.assign(address);
});

const waiting = sessionStorage.getItem(KEPT);
if (waiting) {
  sessionStorage.removeItem(KEPT);
  toast(JSON.parse(waiting));
}
