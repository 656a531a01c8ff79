/* The command palette: Ctrl K. What it offers is found on the page, and typed words are looked up on the server.
   A control is offered when it has data-command="Label", or data-key or aria-keyshortcuts and a name; so are the places of
   the rail and the views. A select with data-command offers each of its options. data-command-group puts it elsewhere.
   What there may be many of, options and controls with data-command-typed, is offered once something is typed. */
import htmx from "htmx.org";
import { letters, nameOf, words } from "./lib.js";

const box = () => document.getElementById("palet");
const input = () => box().querySelector("input");
const list = () => document.getElementById("opsi");
const DELAY = 150;
const CLEAR = 120; // score of a command whose name begins with what was typed, or one of its words does
let timer, asking, moved = false, commands = [];

const keysOf = (control) => control.dataset.key ?? control.getAttribute("aria-keyshortcuts") ?? "";
const shownKeys = (control) => keysOf(control).replace("Control", "Ctrl").replaceAll("+", " ").toUpperCase().replace("CTRL", "Ctrl").replace("ENTER", "↵");

/* What lies in a closed menu, or beside what this screen is wide enough for, is offered too. */
const FOLDED = "[popover], details, .dr-views, .dr-rail, .dr-strip, .dr-props, .dr-foot, .dr-only-d, .dr-only-m, #pilih-makro > footer";
const usable = (control) => !control.disabled && (control.checkVisibility() || control.closest(FOLDED) !== null) && !control.closest("[hidden], [inert], #palet, #pintasan, template")
  && control.getAttribute("aria-disabled") !== "true";

function groupOf(control) {
  if (control.closest(".dr-segments")) return "settings";
  const own = control.closest("[data-command-group]");
  if (own) return own.dataset.commandGroup;
  if (control.closest(".dr-views, .dr-strip")) return "views";
  if (control.closest(".dr-rail")) return "places";
  return "actions";
}

const titleOf = (control) => words(document.getElementById(control.closest("[aria-labelledby]")?.getAttribute("aria-labelledby"))?.textContent ?? "");
const iconOf = (control) => [...(control.querySelector(".ti")?.classList ?? [])].find((name) => name.startsWith("ti-")) ?? (control.closest(".dr-segments") ? "ti-adjustments" : "ti-command");

function* offered() {
  const found = "[data-command], [data-key], [aria-keyshortcuts], .dr-rail a, .dr-views a, .dr-segments button";
  for (const control of document.querySelectorAll(found)) {
    if (!usable(control)) continue;
    const group = groupOf(control);
    const label = (group === "settings" ? `${titleOf(control)}: ` : "") + nameOf(control);
    if (label.length < 2 || control.matches("[data-palette], [aria-pressed=true]")) continue;
    if (control.matches("select[data-command]")) {
      for (const option of control.options) {
        if (option.selected || option.disabled) continue;
        yield { group, label: `${label}: ${words(option.text)}`, icon: "ti-adjustments", nested: true, run: () => pick(control, option) };
      }
      continue;
    }
    yield { group, label, icon: iconOf(control), keys: shownKeys(control), nested: control.hasAttribute("data-command-typed"), run: () => use(control) };
  }
}

function use(control) {
  if (control.matches("input:not([type=file]), textarea")) return control.focus();
  control.click();
  if (control.matches("summary")) control.focus();
}

function pick(select, option) {
  select.value = option.value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  if (!select.hasAttribute("hx-post") && !select.hasAttribute("data-no-submit")) select.form?.requestSubmit();
}

/* Each label once; the one that has a key wins. */
function discover() {
  const best = new Map();
  for (const command of offered()) {
    const before = best.get(command.label);
    if (!before || (!before.keys && command.keys)) best.set(command.label, command);
  }
  return [...best.values()];
}

/* How well the letters of `typed` fit: all in order, better at beginnings of words and close together; null if they do not. */
export function fit(typed, label) {
  const text = label.toLowerCase(), wanted = typed.toLowerCase();
  const word = ` ${text}`.indexOf(` ${wanted}`);
  const whole = word < 0 ? text.indexOf(wanted) : word;
  if (whole >= 0) return { score: 100 - whole + (whole === 0 || text[whole - 1] === " " ? 50 : 0), at: [...wanted].map((_, n) => whole + n) };
  const at = [];
  let score = 0;
  for (const letter of wanted.replaceAll(" ", "")) {
    const next = text.indexOf(letter, (at.at(-1) ?? -1) + 1);
    if (next < 0) return null;
    score += next === 0 || text[next - 1] === " " ? 8 : at.at(-1) === next - 1 ? 4 : 0;
    at.push(next);
  }
  return at.length > 1 && score < at.length * 3 ? null : { score, at };
}

function marked(label, at) {
  const part = document.createElement("span");
  part.className = "dr-cut";
  const places = new Set(at);
  let run;
  [...label].forEach((letter, place) => {
    const wanted = places.has(place) ? "MARK" : "#text";
    if (run?.nodeName !== wanted) part.append(run = wanted === "MARK" ? document.createElement("mark") : document.createTextNode(""));
    run.textContent += letter;
  });
  return part;
}

function optionOf(command, place, at) {
  const option = document.createElement("div");
  option.className = "dr-option";
  option.role = "option";
  option.id = `palet-k${place}`;
  option.ariaSelected = "false";
  option.dataset.place = place;
  const icon = document.createElement("i");
  icon.className = `ti ${command.icon}`;
  icon.ariaHidden = "true";
  option.append(icon, marked(command.label, at));
  if (command.keys && letters(command.keys)) option.append(Object.assign(document.createElement("kbd"), { textContent: command.keys }));
  return option;
}

function showCommands() {
  const typed = input().value;
  const only = typed.startsWith(">");
  const wanted = typed.replace(/^>/, "").trim();
  const where = document.getElementById("opsi-perintah");
  where.replaceChildren();
  if (/^[#@]/.test(typed)) return;
  const fitting = commands.map((command, place) => ({ command, place, ...(wanted ? fit(wanted, command.label) : command.nested ? null : { score: 0, at: [] }) }))
    .filter(({ at }) => at)
    .sort((one, other) => other.score - one.score)
    .slice(0, only || !wanted ? undefined : 12);
  // What was clearly meant comes before what was found; else the tickets do.
  const clear = wanted.length > 2 && fitting[0]?.score > CLEAR;
  document.getElementById("opsi-hasil")[clear ? "before" : "after"](where);
  const groups = { actions: where.dataset.actions, views: where.dataset.views, places: where.dataset.places, settings: where.dataset.settings };
  const found = Object.entries(groups).map(([group, label]) => ({ group, label, options: fitting.filter(({ command }) => command.group === group) }));
  // The best of all comes first: it is what Enter does.
  for (const { group, label, options } of found.filter((one) => one.options.length).sort((one, other) => other.options[0].score - one.options[0].score)) {
    const part = document.createElement("div");
    part.setAttribute("role", "group");
    part.setAttribute("aria-labelledby", `palet-${group}`);
    const head = Object.assign(document.createElement("div"), { id: `palet-${group}`, textContent: label });
    head.setAttribute("role", "presentation");
    part.append(head, ...options.map(({ command, place, at }) => optionOf(command, place, at)));
    where.append(part);
  }
}

const options = () => [...list().querySelectorAll("[role=option]")];

function select(option) {
  for (const other of options()) other.ariaSelected = String(other === option);
  if (option) input().setAttribute("aria-activedescendant", option.id);
  else input().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

/* The first option, unless someone has gone to another one meanwhile. */
function selectFirst() {
  const kept = moved && options().find((option) => option.ariaSelected === "true");
  select(kept || options()[0]);
  const none = document.getElementById("opsi-kosong");
  none.hidden = options().length > 0 || Boolean(asking);
  const status = document.getElementById("palet-jumlah");
  status.textContent = options().length ? status.dataset.some.replace("0", options().length) : none.textContent;
}

const busy = (is) => list().setAttribute("aria-busy", String(is)); // more may come

async function ask() {
  const url = list().dataset.url;
  const typed = input().value.trim();
  const found = document.getElementById("opsi-hasil");
  asking = null;
  if (!url || typed.startsWith(">") || typed.length < 2) {
    found.replaceChildren();
    document.getElementById("opsi-cari").replaceChildren();
    busy(false);
    return selectFirst();
  }
  const mine = asking = {}; // an older answer is passed over, not broken off: the server finishes it anyway
  try {
    const answer = await fetch(`${url}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } });
    const text = answer.ok ? await answer.text() : "";
    if (mine !== asking) return;
    asking = null;
    found.innerHTML = text;
    document.getElementById("opsi-cari").replaceChildren(...found.querySelectorAll("[data-last]"));
    if (!answer.ok) found.append(Object.assign(document.createElement("p"), { className: "dr-palette-none", textContent: list().dataset.failed }));
  } catch {
    if (mine !== asking) return;
    asking = null;
    found.replaceChildren(Object.assign(document.createElement("p"), { className: "dr-palette-none", textContent: list().dataset.failed }));
  }
  busy(false);
  selectFirst();
}

function typedSomething() {
  moved = false;
  busy(true);
  showCommands();
  selectFirst();
  clearTimeout(timer);
  timer = setTimeout(ask, DELAY);
}

export function openPalette(text = "") {
  if (!box() || box().open) return;
  for (const other of document.querySelectorAll("[popover]:popover-open")) other.hidePopover();
  commands = discover();
  for (const part of ["opsi-hasil", "opsi-cari"]) document.getElementById(part).replaceChildren();
  input().value = text;
  box().showModal();
  input().focus();
  typedSomething();
}

/* Without a place to give it back to, the focus would stay in the closed field until the next frame. */
function closePalette() {
  input().blur();
  box().close();
}

function run(option, aside) {
  const { place, href } = option.dataset;
  closePalette();
  if (place !== undefined) return commands[place].run();
  if (aside) return void window.open(href, "_blank", "noopener");
  const pane = document.getElementById("percakapan");
  if (option.hasAttribute("data-open-ticket") && pane && !matchMedia("(max-width: 767.98px)").matches) return openBeside(href);
  location.assign(href);
}

async function openBeside(href) {
  history.pushState(null, "", href);
  await htmx.ajax("GET", href, { target: "#percakapan", swap: "outerHTML" });
  document.querySelector(".dr-inbox").dataset.pane = "thread";
  document.getElementById("judul-tiket")?.focus();
}

addEventListener("keydown", (event) => {
  if (!box() || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return box().open ? closePalette() : openPalette();
  }
  if (!box().open) return;
  if (event.key === "Escape") {
    event.preventDefault(); // the browser closes it only after the next key
    return closePalette();
  }
  const all = options(), now = all.findIndex((option) => option.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    moved = true;
    const next = Math.abs(step) === 1 ? (now + step + all.length) % all.length : Math.min(all.length - 1, Math.max(0, now + step));
    select(all[next]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (all[now]) run(all[now], event.ctrlKey || event.metaKey);
  }
});

addEventListener("input", (event) => event.target.closest?.("#palet") && typedSomething());
addEventListener("click", (event) => {
  if (event.target.closest?.("[data-palette]")) return openPalette();
  if (event.target === box()) return closePalette();
  const option = event.target.closest?.("#palet [role=option]");
  if (option) run(option, event.ctrlKey || event.metaKey);
});
addEventListener("pointermove", (event) => {
  const option = event.target.closest?.("#palet [role=option]");
  if (option && option.ariaSelected !== "true") select(option);
});
