/* A short message in the corner, with a way back if the server names one: 6 seconds in which the page could be used. They
   do not pass while the pointer or the focus is on it, or in a tab that nobody looks at (WCAG 2.2.1), and only slowly on a
   machine that is busy with something else.
   The server says it in a header: HX-Trigger: {"dering:toast": {"text": "…", "undo": "/tiket/…/urung/…/", "tone": "ok"}},
   with "url" instead of "undo" it leads somewhere,
   or in the page: <template data-toast>JSON</template>. */
import htmx from "htmx.org";

const SHOWN = 6000; // ms
const TICK = 250; // ms that count as passed at each look, however late it comes
const box = () => document.getElementById("kabar");
const held = () => document.hidden || box().matches(":hover, :focus-within");
let timer;
let left = 0;

export function dismiss() {
  clearInterval(timer);
  box()?.replaceChildren();
}

function pass() {
  left = held() ? SHOWN : left - TICK;
  if (left <= 0) dismiss();
}

/* No line ends within a number such as DRG-26-00001. */
function unbroken(text) {
  const said = document.createElement("span");
  text.split(/(\b[A-Z]{3}-\d{2}-\d{5,}\b)/).forEach((part, at) => {
    said.append(at % 2 ? Object.assign(document.createElement("span"), { className: "dr-id", textContent: part }) : part);
  });
  return said;
}

export function toast({ text, undo = "", url = "", tone = "" }) {
  const region = box();
  if (!region) return;
  const line = document.createElement("div");
  line.className = "dr-toast";
  if (tone) line.dataset.tone = tone;
  line.append(unbroken(text));
  if (undo) {
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "btn btn-sm", textContent: region.dataset.undo,
    });
    button.dataset.key = "z";
    button.setAttribute("aria-keyshortcuts", "Z");
    button.addEventListener("click", () => {
      dismiss();
      htmx.ajax("POST", undo, { source: region, target: "#percakapan", swap: "outerHTML", headers: { "X-CSRFToken": region.dataset.csrf } });
    });
    line.append(button);
  }
  if (url) line.append(Object.assign(document.createElement("a"), { href: url, textContent: region.dataset.open }));
  region.replaceChildren(line);
  clearInterval(timer);
  left = SHOWN;
  timer = setInterval(pass, TICK);
}

addEventListener("dering:toast", (event) => toast(event.detail));
const waiting = document.querySelector("template[data-toast]");
if (waiting) toast(JSON.parse(waiting.content.textContent));
