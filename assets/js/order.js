/* What came first. Questions and marks are numbered as they are made, so that an answer asked for before something newer
   was shown never takes its place.

   Parts that htmx fetches: an answer goes to the element that bears the name of its target when it comes, for the target
   may have been replaced meanwhile; one that was asked for before what stands there is passed over, and what it would have
   told the rest of the page is told all the same. */
import { say } from "./live.js";
import { toast } from "./toast.js";

let last = 0;
export const turn = () => (last += 1);

const asked = new WeakMap(); // a request of htmx → its number
const shown = new Map(); // the name of a target → the number of the answer it shows
export const askedAt = ({ xhr }) => asked.get(xhr) ?? 0;

addEventListener("htmx:beforeRequest", ({ detail }) => {
  asked.set(detail.xhr, turn());
  detail.xhr.addEventListener("readystatechange", () => detail.xhr.readyState === XMLHttpRequest.DONE && aim(detail));
});

function aim(detail) {
  const { id, isConnected } = detail.target;
  if (!isConnected && id) detail.target = document.getElementById(id) ?? detail.target;
  if (!detail.requestConfig.elt.isConnected) tell(detail.xhr, "HX-Trigger"); // htmx tells it to what has left the page
}

addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const { id } = detail.target;
  if (!id || !detail.shouldSwap) return;
  if (askedAt(detail) >= (shown.get(id) ?? 0)) shown.set(id, askedAt(detail));
  else if (id === "percakapan" || detail.requestConfig.verb === "get") pass(event);
});

function pass(event) {
  const { xhr, requestConfig } = event.detail;
  event.preventDefault();
  const row = requestConfig.elt.closest("li[data-ticket]");
  if (row) say("satu-tiket-berubah", { id: Number(row.id.replace("tiket-", "")) }); // it was opened, so it is read
  if (requestConfig.verb === "get") return;
  const open = document.getElementById("percakapan").dataset;
  const [address, number] = /^\/tiket\/([^/]+)\//.exec(requestConfig.path) ?? [];
  if (number === open.ticket) say("dering:hint", { changed: new Map([[Number(open.pk), 0]]) });
  if (!tell(xhr, "HX-Trigger-After-Settle") && address) {
    toast({ text: document.getElementById("kabar").dataset.failed, url: address, tone: "danger" }); // why stands there
  }
}

/* What a header names, as events; whether there was one. */
function tell(xhr, header) {
  const said = xhr.getResponseHeader(header);
  if (!said) return false;
  const events = said.startsWith("{") ? JSON.parse(said) : Object.fromEntries(said.split(",").map((name) => [name.trim(), {}]));
  for (const [name, detail] of Object.entries(events)) document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  return true;
}
