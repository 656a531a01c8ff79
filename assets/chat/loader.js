/* The one line a site embeds: a button, and our window in a frame of its own origin. Nothing of the site is read, and
   nothing is kept on it before the visitor agreed: <script src="https://…/static/obrolan.js" async data-bahasa="id"></script> */
(() => {
  const me = document.currentScript;
  if (!me || document.getElementById("dering-obrolan")) return;
  const english = (me.dataset.bahasa || document.documentElement.lang || "id").startsWith("en");
  const label = me.dataset.label || "Live Chat";
  const says = english ? { open: "Open", fresh: "new messages" } : { open: "Buka", fresh: "pesan baru" };
  const address = new URL("/obrolan/", me.src);
  address.searchParams.set("bahasa", english ? "en" : "id");
  address.searchParams.set("tema", me.dataset.tema || "auto");
  address.hash = new URLSearchParams({ di: location.origin + location.pathname }).toString();
  const KEPT = "dering-obrolan-situs"; // not the key of the frame: on our own pages both write to one storage
  const STYLE = `
    :host { all: initial }
    button { position: fixed; inset: auto 1.25rem 1.25rem auto; z-index: 2147483000; display: flex; gap: .5rem; align-items: center;
      min-height: 3rem; padding: 0 1.25rem; border: 0; border-radius: 1.5rem; background: #0b57a4; color: #fff; cursor: pointer;
      font: 600 1rem/1 system-ui, "Segoe UI", Roboto, sans-serif; box-shadow: 0 0 0 1px #18212c14, 0 12px 32px #18212c2e }
    button:hover { background: #0d2b52 } button:focus-visible { outline: 3px solid #e3b23c; outline-offset: 2px }
    button[hidden], iframe[hidden] { display: none }
    b { min-width: 1.375rem; padding: .25rem .375rem; border-radius: 1rem; background: #fff; color: #0d2b52; font-size: .8125rem; text-align: center }
    b[hidden] { display: none }
    iframe { position: fixed; inset: auto 1.25rem 1.25rem auto; z-index: 2147483001; width: min(24rem, calc(100vw - 2.5rem));
      height: min(41rem, calc(100dvh - 2.5rem)); border: 0; border-radius: 12px; color-scheme: auto;
      box-shadow: 0 0 0 1px #18212c14, 0 12px 32px #18212c2e }
    @media (max-width: 480px) { iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0 } }
    @media print { button, iframe { display: none } }`;

  const host = Object.assign(document.createElement("div"), { id: "dering-obrolan" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const count = Object.assign(document.createElement("b"), { hidden: true });
  button.append(label, count);
  button.setAttribute("aria-haspopup", "dialog");
  let frame, ready = false, opened = false;

  const tell = (said) => frame?.contentWindow?.postMessage({ dering: said }, address.origin);
  const kept = (value) => {
    try {
      if (value === undefined) return localStorage.getItem(KEPT);
      value ? localStorage.setItem(KEPT, "1") : localStorage.removeItem(KEPT);
    } catch { /* the site's storage is closed: the window is loaded when it is opened */ }
    return null;
  };
  /* For browsers that close storage to our frame: kept for this tab, and only what the frame hands over after consent. */
  function remember(text) {
    try {
      if (text === undefined) return sessionStorage.getItem(KEPT) ?? "";
      if (text) sessionStorage.setItem(KEPT, String(text).slice(0, 200_000));
      else sessionStorage.removeItem(KEPT);
    } catch { /* as above */ }
    return "";
  }
  function named(fresh) {
    count.hidden = !fresh;
    count.textContent = fresh > 99 ? "99+" : fresh;
    button.setAttribute("aria-label", `${says.open} ${label}${fresh ? `, ${fresh} ${says.fresh}` : ""}`);
  }
  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = label;
    frame.src = address.href;
    root.append(frame);
  }
  function show(now) {
    load();
    opened = now;
    frame.hidden = !now;
    button.hidden = now;
    if (!now) button.focus();
    else frame.focus();
    if (ready) tell(now ? "open" : "close");
  }
  button.addEventListener("click", () => show(true));
  addEventListener("message", ({ origin, source, data }) => {
    if (!frame || origin !== address.origin || source !== frame.contentWindow || !data) return;
    if (data.dering === "ready") (ready = true), opened && tell("open");
    if (data.dering === "close") show(false);
    if (data.dering === "unread") named(Number(data.n) || 0);
    if (data.dering === "recall") source.postMessage({ dering: "recalled", text: remember() }, origin);
    if (data.dering === "remember") remember(data.text ?? "");
    if (data.dering === "kept") kept(data.on === true);
  });
  named(0);
  root.append(button);
  const begin = () => {
    document.body.append(host);
    if (kept()) load();
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
