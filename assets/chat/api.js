/* Calls to the server. A refusal carries the server's sentence; anything else that fails is worth another try. */
import { config } from "./dom.js";
import { kept } from "./store.js";

export class Refusal extends Error {
  constructor(status, { code = "", message = "" } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.lasts = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  }
}

const language = { "Accept-Language": config.language };
const authorised = () => (kept("token") ? { Authorization: `Bearer ${kept("token")}` } : {});

async function post(path, body, headers, patience, stop) {
  const late = AbortSignal.timeout(patience);
  const answer = await fetch(path, {
    method: "POST", body, headers: { ...language, ...authorised(), ...headers }, signal: stop ? AbortSignal.any([late, stop]) : late, credentials: "omit",
  });
  const given = await answer.json().catch(() => null);
  if (!answer.ok || given === null) throw new Refusal(answer.ok ? 502 : answer.status, given ?? {});
  return given;
}

const json = { "Content-Type": "application/json" };
export const ask = (path, given = {}) => post(path, JSON.stringify(given), json, 15_000);
export const wait = (given, stop) => post("tunggu/", JSON.stringify(given), json, 40_000, stop);

export function sendMessage({ id, text, choice, files = [] }) {
  const form = new FormData();
  form.append("id", id);
  form.append("text", text);
  if (choice) form.append("choice", choice);
  for (const file of files) form.append("files", file, file.name);
  return post("pesan/", form, {}, files.length ? 180_000 : 20_000);
}

export const newId = () => crypto.randomUUID();
