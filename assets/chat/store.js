/* What this browser remembers, only after the visitor agreed. Where the browser closes storage to frames of other
   sites, the page around us keeps it for as long as its tab lives. */
const KEY = "dering-obrolan";
const framed = parent !== window;
let held = {};
let closed = false;

function read(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

try {
  held = read(localStorage.getItem(KEY));
} catch {
  closed = true;
}

/* To be awaited before anything is asked of this module. */
export function recall() {
  if (!closed || !framed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (event) => {
      if (event && (event.source !== parent || event.data?.dering !== "recalled")) return;
      removeEventListener("message", done);
      if (event) held = read(event.data.text);
      resolve();
    };
    addEventListener("message", done);
    setTimeout(done, 1000);
    parent.postMessage({ dering: "recall" }, "*");
  });
}

export const kept = (name) => held[name];

export function keep(values) {
  held = { ...held, ...values };
  write(held.token ? JSON.stringify(held) : "");
}

export function forget() {
  held = {};
  write("");
}

function write(text) {
  if (closed) {
    if (framed) parent.postMessage({ dering: "remember", text }, "*");
    return;
  }
  try {
    if (text) localStorage.setItem(KEY, text);
    else localStorage.removeItem(KEY);
  } catch {
    /* full: what is held in memory goes on */
  }
}

/* Another tab of the same site began or ended the chat. */
export function onOtherTab(heard) {
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    if (read(event.newValue).token !== held.token) heard();
  });
}
