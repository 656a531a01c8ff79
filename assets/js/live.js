/* The socket of the inbox: hears which tickets changed and who is where, and says what this page shows.
   What it hears goes on as events of the window: dering:hint {changed: Map(ticket → entry), everything},
   dering:present {ticket: people}, dering:place {places: Set, everything}, dering:news, dering:ring (a telephone). Without a socket the page asks by itself now and then. */
const BEAT = 4000; // ms between two signs of life
const PINGS = 5; // every fifth asks for an answer
const DEAF = 30_000; // ms without any word until the line counts as dead
const LONGEST = 30_000; // ms between two tries
const POLL = 45_000; // ms between two rounds without a socket
const SIGNED_OUT = 4401;
const NOT_ALLOWED = 4403;

export const mark = () => document.getElementById("langsung");
export const say = (name, detail) => dispatchEvent(new CustomEvent(name, { detail }));
export const spread = (ms) => ms * (0.75 + Math.random() / 2);

let socket;
let tries = 0;
let retry;
let beats = 0;
let heardAt = 0;
let since = 0;
let refused = false;
let mine = {};

function show(state) {
  const shown = mark();
  if (shown && shown.dataset.state !== state) shown.dataset.state = state;
}

function hear(event) {
  heardAt = Date.now();
  const said = JSON.parse(event.data);
  if (said.at) since = Date.parse(said.at) / 1000;
  if (said.me) {
    mark().dataset.me = said.me;
    tries = 0;
    over(false);
    show("on");
    say("dering:connected");
  }
  if (said.present || said.me) say("dering:present", { tickets: said.present ?? {}, whole: Boolean(said.me) });
  if (said.changed || said.everything) hint(said.changed, said.everything);
  if (said.places || said.everything) place(said.places, said.everything);
  if (said.news) say("dering:news");
  if (said.ring || said.everything) say("dering:ring");
}

const hint = (changed = {}, everything = false) =>
  say("dering:hint", { changed: new Map(Object.entries(changed).map(([id, entry]) => [Number(id), entry])), everything });

const place = (places = [], everything = false) => say("dering:place", { places: new Set(places), everything });

function connect() {
  clearTimeout(retry);
  if (!mark() || socket) return;
  const address = new URL(mark().dataset.address, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (since) address.searchParams.set("sejak", since);
  socket = new WebSocket(address);
  heardAt = Date.now();
  socket.addEventListener("open", () => socket && tell(mine));
  socket.addEventListener("message", hear);
  socket.addEventListener("close", lost);
}

/* Gone: try again, later each time and each page at its own moment, unless there is no use. */
function lost({ code }) {
  socket = undefined;
  say("dering:lost");
  if (code === SIGNED_OUT) return over(true);
  refused = code === NOT_ALLOWED;
  show(tries > 2 || refused || !navigator.onLine ? "off" : "wait");
  if (refused) return;
  retry = setTimeout(connect, spread(Math.min(LONGEST, 700 * 2 ** tries)));
  tries += 1;
}

function drop() {
  socket?.removeEventListener("close", lost);
  socket?.close();
  if (socket) lost({ code: 0 });
}

/* The session ended: nothing is asked any more until somebody signed in, perhaps in another tab. Its line, should it still
   be open, would only be in the way of the next one's. */
export function over(is) {
  const notice = document.getElementById("sesi-berakhir");
  if (!notice || notice.hidden === !is) return;
  notice.hidden = !is;
  if (!is) return;
  end();
  show("over");
}

function end() {
  clearTimeout(retry);
  if (!socket) return;
  socket.removeEventListener("message", hear);
  socket.removeEventListener("close", lost);
  socket.close();
  socket = undefined;
  say("dering:lost");
}
export const isOver = () => document.getElementById("sesi-berakhir")?.hidden === false;

/* What this page shows and does, told when it changes. */
export function tell(words) {
  mine = { ...mine, ...words };
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(words));
}

setInterval(() => {
  if (!socket) return;
  if (Date.now() - heardAt > DEAF) return drop();
  if (socket.readyState !== WebSocket.OPEN) return;
  beats += 1;
  socket.send(beats % PINGS ? "{}" : '{"ping":true}');
}, BEAT);

/* Once more than a moment has passed without a socket, the page asks for what it shows. */
setInterval(() => {
  if (socket || !mark() || isOver() || refused || document.hidden) return;
  hint({}, true);
  place([], true);
}, spread(POLL));

const again = () => {
  if (!mark() || refused || socket?.readyState === WebSocket.OPEN) return;
  tries = Math.min(tries, 1);
  connect();
};
addEventListener("online", again);
addEventListener("offline", drop);
document.addEventListener("visibilitychange", () => document.hidden || again());
addEventListener("focus", () => isOver() && again());
addEventListener("pagehide", () => socket?.readyState === WebSocket.OPEN && socket.close()); // one that opens yet, the browser ends without a word in the console
addEventListener("pageshow", (event) => event.persisted && again());

/* A press that has begun ends on what it began on: nothing is replaced before the click that follows it. */
let pressed = false;
let release = () => {};
let press = Promise.resolve();
export const held = () => pressed;
export const released = () => press;
addEventListener("pointerdown", () => {
  if (pressed) return;
  pressed = true;
  press = new Promise((done) => {
    release = () => {
      pressed = false;
      done();
    };
  });
}, true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(release), true); // the click comes first
addEventListener("pointermove", ({ buttons }) => pressed && !buttons && release(), true); // it ended outside the window

/* Who signs out needs no news any more: what is on its way would come back as refused. */
const leaving = new AbortController();
addEventListener("submit", ({ target }) => target.action?.endsWith?.("/keluar/") && leaving.abort());

/* A part of a page, as a document fragment; undefined when it could not be had. */
export async function part(address) {
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: leaving.signal });
    if (answer.status === 401) over(true);
    if (!answer.ok) return undefined;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    await released();
    return holder.content;
  } catch {
    return undefined;
  }
}

if (mark()) {
  since = Number(mark().dataset.since);
  connect();
}
