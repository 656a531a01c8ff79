/* While a ticket is on its way, or something done to it, a line at the top says so; what could not be opened is told. */
import { notSaved } from "./lib.js";
import { over } from "./live.js";
import { toast } from "./toast.js";

const SOON = 200; // ms that need no word
const line = () => document.getElementById("memuat");
let underway;
let timer;

function show(is) {
  clearTimeout(timer);
  const shown = line();
  if (!shown) return;
  shown.hidden = !is;
  shown.textContent = is ? shown.dataset.words : "";
}

addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id !== "percakapan") return;
  underway = detail.xhr;
  clearTimeout(timer);
  timer = setTimeout(show, SOON, true);
});
addEventListener("htmx:afterRequest", ({ detail }) => detail.xhr === underway && show(false));

/* Where no conversation is, there is no notice of its own either: what was to be done in the list is told in the corner. */
const besideTicket = (by) => by.id !== "massal" && document.getElementById("terputus");
function undone(status) {
  if (status === 401) return over(true);
  return toast({ text: line().dataset.undone, tone: "danger" });
}

function failed({ detail: { requestConfig, xhr } }) {
  if (requestConfig?.elt.matches("#antrean[aria-busy]")) return xhr.status === 401 && over(true); // it says so itself
  if (line() && requestConfig?.verb !== "get" && !besideTicket(requestConfig.elt)) return undone(xhr.status);
  if (!line() || requestConfig?.verb !== "get" || requestConfig.target?.id !== "percakapan") return notSaved(xhr?.status);
  if (xhr.status === 401) return over(true);
  return toast({ text: line().dataset.failed, url: requestConfig.path, tone: "danger" });
}
addEventListener("htmx:responseError", failed);
addEventListener("htmx:sendError", failed);
