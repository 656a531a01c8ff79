/* Charts of the report pages: Vega-Lite specs that stand in the page as JSON, drawn when they come into view.
   Expressions are interpreted (no unsafe-eval), and specs name colour tokens ("--dr-c1") so charts follow the theme. */
import { View, formatLocale, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

const indonesian = document.documentElement.lang !== "en";
formatLocale({ decimal: indonesian ? "," : ".", thousands: indonesian ? "." : ",", grouping: [3], currency: ["Rp", ""] });

const views = new Map();

function colours() {
  const probe = document.body.appendChild(document.createElement("i"));
  const known = new Map();
  const colour = (name) => {
    if (!known.has(name)) {
      probe.style.color = `var(${name})`;
      known.set(name, getComputedStyle(probe).color);
    }
    return known.get(name);
  };
  const paint = (value) => {
    if (typeof value === "string") return value.startsWith("--dr-") ? colour(value) : value;
    if (Array.isArray(value)) return value.map(paint);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, paint(item)]));
  };
  return { paint, done: () => probe.remove() };
}

const config = (font) => ({
  background: "transparent", font, padding: 0, view: { stroke: null },
  axis: {
    labelColor: "--dr-ink-3", titleColor: "--dr-ink-3", labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500,
    gridColor: "--dr-line", domainColor: "--dr-line-2", tickColor: "--dr-line-2", labelPadding: 6, ticks: false,
  },
  axisY: { domain: false },
  axisX: { grid: false, labelAngle: 0 },
  legend: { labelColor: "--dr-ink-2", titleColor: "--dr-ink-3", labelFontSize: 11 },
  range: { category: ["--dr-c1", "--dr-c2", "--dr-c3", "--dr-c4", "--dr-c5", "--dr-c0"] },
  bar: { cornerRadiusEnd: 2, color: "--dr-c1" },
  line: { strokeWidth: 2, color: "--dr-c1" },
  point: { filled: true, size: 40, color: "--dr-c1" },
  text: { color: "--dr-ink", fontSize: 11 },
  rule: { color: "--dr-line-2" },
});

async function draw(box) {
  const { paint, done } = colours();
  const spec = paint(JSON.parse(document.getElementById(box.dataset.vega).textContent));
  const settings = paint(config(getComputedStyle(box).fontFamily));
  done();
  views.get(box)?.finalize();
  const frame = document.createElement("div"); // Vega names what it draws into; the box keeps its own name
  frame.setAttribute("aria-hidden", "true");
  box.replaceChildren(frame);
  const view = new View(parse(compile(spec, { config: settings }).spec, null, { ast: true }), {
    expr: expressionInterpreter, renderer: "svg", container: frame, hover: false,
  });
  views.set(box, view);
  await view.runAsync();
  box.dataset.drawn = "";
}

const boxes = () => [...document.querySelectorAll("[data-vega]")];
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target);
  }
}, { rootMargin: "300px" });

await document.fonts.ready;
boxes().forEach((box) => seen.observe(box));
addEventListener("dering:theme", () => views.forEach((_, box) => draw(box)));
addEventListener("beforeprint", () => boxes().filter((box) => !views.has(box)).forEach(draw));
