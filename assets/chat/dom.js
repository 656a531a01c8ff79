/* Small helpers: elements without markup in strings, words, times. */
export const config = JSON.parse(document.getElementById("setelan").textContent);

/* The text of that name; {…} filled in. */
export const say = (name, values = {}) => (config.words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "text") made.textContent = value;
    else if (name in made && typeof value !== "string") made[name] = value;
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const clock = new Intl.DateTimeFormat(config.language, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(config.language, { weekday: "long", day: "numeric", month: "long" });
export const time = (iso) => el("time", { datetime: iso, text: clock.format(new Date(iso)) });
export const dayOf = (iso) => day.format(new Date(iso));
export const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

/* Text with its web addresses as links. */
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)])/).map((part, n) =>
    n % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer", text: part }) : part);
}
