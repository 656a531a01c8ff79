/* Tags in use are offered while one is typed. */
import htmx from "htmx.org";

let timer;
const ask = (field) => htmx.ajax("GET", `${field.dataset.tags}?${new URLSearchParams({ tanda: field.value })}`, { target: "#tanda-dikenal", swap: "innerHTML" });

addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-tags]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(event.target), 150);
});
addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-tags]") && !document.querySelector("#tanda-dikenal option")) ask(event.target);
});
