/* The line to the server: a socket that says when there is news; where none opens, a question that the server
   holds until there is; where that fails too, questions every few seconds. */
import { kept } from "./store.js";

const QUIET = 45_000, POLL = 3000, HIDDEN = 15_000, SIGN = 20_000, LATE = 8000, SOON = 500;
let socket, timer, beat, answer, retry, held, stopped = true;
let failures = 0;
let heard;

export let connected = false;
export let holds = false;

/* `heard`: { news(): Promise, wait(signal): Promise, types(boolean), state() } */
export function startLine(listener) {
  heard = listener;
  stopped = false;
  failures = 0;
  open();
  look();
}

export function stopLine() {
  stopped = true;
  for (const one of [timer, beat, answer, retry]) clearTimeout(one);
  socket?.close();
  set(false);
}

function set(now, waits = false) {
  if (now || stopped) held = void held?.abort();
  if (connected === now && holds === waits) return;
  connected = now;
  holds = waits;
  heard.state();
}

function open() {
  clearTimeout(retry);
  if (stopped || !kept("token")) return;
  const address = new URL("/ws/obrolan/", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  try {
    socket = new WebSocket(address);
  } catch {
    return closed();
  }
  const mine = socket;
  mine.addEventListener("open", () => mine.send(JSON.stringify({ token: kept("token") })));
  mine.addEventListener("message", ({ data }) => mine === socket && told(JSON.parse(data)));
  mine.addEventListener("close", () => mine === socket && closed());
}

function told(said) {
  clearTimeout(answer);
  if (!connected) {
    failures = 0;
    set(true);
    look();
  }
  if ("types" in said) heard.types(said.types);
  if (said.news) look();
  clearTimeout(beat);
  beat = setTimeout(sign, SIGN);
}

/* A line that is cut without a word is found by what is not answered. */
function sign() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.send('{"ping":true}');
  answer = setTimeout(() => {
    const dead = socket;
    closed();
    dead.close();
  }, LATE);
}

function closed() {
  clearTimeout(beat);
  clearTimeout(answer);
  socket = undefined;
  set(false);
  if (stopped) return;
  const wait = Math.min(1000 * 2 ** failures++, 30_000) * (0.8 + Math.random() * 0.4);
  retry = setTimeout(open, wait);
  look();
}

let asking = false, wanted = false;
export async function look() {
  clearTimeout(timer);
  if (stopped) return;
  if (asking) return void (wanted = true);
  asking = true;
  try {
    await heard.news();
  } finally {
    asking = false;
  }
  if (wanted) {
    wanted = false;
    return look();
  }
  if (connected) timer = setTimeout(look, QUIET);
  else hold();
}

/* One question at a time; what it answers is looked at, and asked again. */
async function hold() {
  if (held) return;
  const mine = (held = new AbortController());
  const began = Date.now();
  let said;
  try {
    said = await heard.wait(mine.signal);
  } catch {
    said = undefined;
  }
  if (held !== mine) return;
  held = undefined;
  set(false, Boolean(said));
  if (said && "types" in said) heard.types(said.types);
  const took = Date.now() - began;
  if (said) timer = setTimeout(look, Math.max(0, SOON - took));
  else timer = setTimeout(look, document.hidden ? HIDDEN : POLL);
}

function back() {
  if (stopped) return;
  failures = 0;
  if (!socket) open();
  else if (connected) sign();
  look();
}
addEventListener("online", back);
document.addEventListener("visibilitychange", () => document.hidden || back());
