/* The bell, on every page. The socket says when there is news; a page without one asks when somebody comes back to it
   and now and then while it is looked at. The count stands on the bell and, on phones, in [data-news-count]. */
import { mark, released, say, spread } from "./live.js";

const POLL = 60_000; // ms between two questions of a page without a socket
const REST = 3000; // ms between two questions because somebody came back
const bell = () => document.getElementById("lonceng");
let asked = Date.now();
let busy = false;
let again = false; // news came while an answer was on its way that may not know of them
let ended = false;

async function renew() {
  again = busy;
  if (!bell() || busy || ended) return;
  busy = true;
  asked = Date.now();
  try {
    const answer = await fetch(bell().dataset.news, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    ended = [401, 403].includes(answer.status);
    const markup = await answer.text();
    await released();
    if (answer.ok) put(markup, answer.headers.get("HX-Trigger"));
  } catch {
    // no line: the next round asks again
  }
  busy = false;
  if (again) renew();
}

function put(markup, told) {
  const holder = document.createElement("template");
  holder.innerHTML = markup;
  const now = holder.content.firstElementChild;
  const old = bell();
  if (!now || !old) return;
  const focused = old === document.activeElement;
  now.ariaCurrent = old.ariaCurrent;
  old.replaceWith(now);
  if (focused) now.focus();
  for (const count of document.querySelectorAll("[data-news-count]")) {
    count.hidden = !now.dataset.count;
    count.querySelector("[data-shown]").textContent = now.dataset.count;
  }
  if (told) for (const [name, detail] of Object.entries(JSON.parse(told))) say(name, detail);
}

const back = () => !mark() && !document.hidden && Date.now() - asked > REST && renew();
addEventListener("dering:news", renew);
addEventListener("focus", back);
addEventListener("pageshow", (event) => event.persisted && renew());
document.addEventListener("visibilitychange", back);
setInterval(() => !mark() && !document.hidden && renew(), spread(POLL));
