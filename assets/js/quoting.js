/* A reply to one particular message: its button, or "q" for the message that has the focus, else the requester's last one. */
import { areaOf, composer, insert } from "./lib.js";
import { setMode } from "./composer.js";

const area = () => areaOf("reply");
const box = () => document.getElementById("kutipan");

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-quote-one]")) {
    const own = document.querySelector("#log article.dr-msg:focus-within [data-quote], #log article.dr-msg[data-pointed] [data-quote]");
    (own ?? [...document.querySelectorAll('#log [data-from="customer"] [data-quote]')].at(-1))?.click();
    return;
  }
  if (!event.target.closest?.("[data-quote-drop]")) return;
  const text = box().dataset.quoteText;
  if (text && area().value.includes(text)) {
    area().value = area().value.replace(text, "").trimEnd();
    area().dispatchEvent(new Event("input", { bubbles: true }));
  }
  box().hidden = true;
  box().querySelector("[name=kutip]").value = "";
  area().focus();
});

/* The quoted mail goes below what is written; the cursor stays above it. */
addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.requestConfig?.elt?.matches?.("[data-quote]") || !composer()) return;
  setMode("reply");
  const text = box()?.dataset.quoteText;
  if (!text || area().value.includes(text)) return;
  const at = area().selectionStart;
  area().setSelectionRange(area().value.length, area().value.length);
  insert(area(), `\n\n${text}`);
  area().setSelectionRange(at, at);
  area().scrollTop = 0;
});
