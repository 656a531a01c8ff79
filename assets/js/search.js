/* The search field of the list: down to the first result and back up, Escape to leave. */
import { rows } from "./lib.js";

/* What was typed before the scripts were there is looked for as well. */
addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("cari");
  if (field && field.value !== field.defaultValue) field.form.requestSubmit();
});

addEventListener("keydown", (event) => {
  const field = document.getElementById("cari");
  if (!field || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === field && event.key === "ArrowDown" && rows().length) {
    event.preventDefault();
    rows()[0].focus();
  } else if (event.target === field && event.key === "Escape" && !field.value) field.blur();
  else if (event.key === "ArrowUp" && rows().length && event.target === rows()[0]) {
    event.preventDefault();
    field.focus();
  }
});
