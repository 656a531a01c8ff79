/* Bundles the browser's files into assets/dist. Called by `python -m djpk.assets build`.
   Tabler is cut down to the classes that our templates, tags, forms and scripts name; the icon font to the icons they name.
   File names carry no hash: Django's manifest storage adds one. */
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import subsetFont from "subset-font";

const root = resolve(import.meta.dirname, "..");
const out = process.argv[2] ?? join(root, "assets/dist");
const scratch = join(root, "node_modules/.dering");
const vendor = (path) => createRequire(import.meta.url).resolve(path);
const ICONS = dirname(vendor("@tabler/icons-webfont/package.json")) + "/dist";
const TABLER = dirname(vendor("@tabler/core/package.json")) + "/dist/css/tabler.min.css";
const NAMED_BY = /(\/(templates|jinja2)\/.*\.(html|txt)|\/templatetags\/.*\.py|\/forms\.py|\/context\.py|\/inbox\/.*\.py|^assets\/.*\.(js|css))$/;
const SKIPPED = new Set(["node_modules", "dist", "staticfiles", "tests", ".venv", ".git", ".data"]);

async function* files(folder = "") {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* files(path);
    } else if (NAMED_BY.test(path)) yield path;
  }
}

async function sources() {
  const texts = [];
  for await (const path of files()) texts.push(await readFile(join(root, path), "utf8"));
  return texts.join("\n");
}

async function tabler(text) {
  const [result] = await new PurgeCSS().purge({
    content: [{ raw: text, extension: "html" }],
    css: [{ raw: (await readFile(TABLER, "utf8")).replace(/\/\*# sourceMappingURL.*?\*\//g, "") }],
    defaultExtractor: (content) => content.match(/[A-Za-z0-9_-]+/g) ?? [],
    fontFace: true, keyframes: true, variables: false,
    safelist: { standard: ["html", "body", "show", "active", "disabled"], greedy: [/^data-bs-theme$/] },
  });
  return result.css;
}

async function icons(text) {
  const sheet = await readFile(join(ICONS, "tabler-icons.css"), "utf8");
  const codes = new Map([...sheet.matchAll(/\.ti-([a-z0-9-]+):before\s*{\s*content:\s*"\\([0-9a-f]+)"/g)].map((m) => [m[1], m[2]]));
  const names = [...new Set([...text.matchAll(/\bti-([a-z0-9-]+)/g)].map((m) => m[1]))].sort();
  const unknown = names.filter((name) => !codes.has(name));
  if (unknown.length) throw new Error(`no such icon: ${unknown.join(", ")}`);
  const glyphs = names.map((name) => String.fromCodePoint(parseInt(codes.get(name), 16))).join("");
  const font = await subsetFont(await readFile(join(ICONS, "fonts/tabler-icons.ttf")), glyphs, { targetFormat: "woff2" });
  await mkdir(scratch, { recursive: true });
  await writeFile(join(scratch, "icons.woff2"), font);
  const rules = names.map((name) => `.ti-${name}::before{content:"\\${codes.get(name)}"}`).join("\n");
  return `@font-face{font-family:"tabler-icons";font-display:block;src:url("./icons.woff2") format("woff2")}
.ti{font-family:"tabler-icons";font-style:normal;font-weight:400;line-height:1;-webkit-font-smoothing:antialiased}
${rules}`;
}

const made = (text) => ({
  name: "dering",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^dering:/ }, ({ path }) => ({ path: path.slice(7), namespace: "dering" }));
    onLoad({ filter: /.*/, namespace: "dering" }, async ({ path }) => ({
      contents: await { tabler, icons }[path](text), loader: "css", resolveDir: scratch,
    }));
  },
});

await mkdir(scratch, { recursive: true });
await rm(out, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { app: "assets/app.js", style: "assets/app.css", charts: "assets/charts.js" },
  entryNames: "[name]", assetNames: "fonts/[name]", outdir: out,
  bundle: true, minify: true, format: "esm", legalComments: "linked", charset: "utf8",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  loader: { ".woff2": "file" },
  plugins: [made(await sources())],
});
// The chat widget carries nothing of the pages; its loader is one plain script for other people's sites.
const small = { absWorkingDir: root, outdir: out, entryNames: "[name]", bundle: true, minify: true, charset: "utf8", target: ["es2022"] };
await build({ ...small, entryPoints: { chat: "assets/chat/frame.js" }, format: "esm" });
await build({ ...small, entryPoints: { chat: "assets/chat/chat.css" } });
await build({ ...small, entryPoints: { obrolan: "assets/chat/loader.js" }, format: "iife" });
await cp(join(root, "assets/images"), out, { recursive: true });
