/* Where one writes: text, files, and the word that one is typing. */
import { config, el, icon, say, size } from "./dom.js";
import { keep, kept } from "./store.js";

const EVERY = 4000;
let told = 0;

/* `send(text, files)`; `types(boolean)` when writing begins, goes on and stops. */
export function composer({ send, types }) {
  let files = [];
  const text = el("textarea", { id: "tulis", rows: "1", maxlength: String(config.longest), placeholder: say("write"), "aria-label": say("write") });
  const picker = el("input", { type: "file", id: "berkas", class: "sr", multiple: true });
  const chosen = el("ul", { class: "chosen" });
  const trouble = el("p", { class: "wrong", role: "alert", hidden: true });
  const form = el("form", { class: "composer" }, chosen, trouble,
    el("div", { class: "row" }, text,
      picker, el("label", { for: "berkas", class: "tool", title: say("attach") }, icon("clip"), el("span", { class: "sr", text: say("attach") })),
      el("button", { class: "primary tool", type: "submit", title: say("send"), "aria-label": say("send") }, icon("send"))));

  function complain(words = "") {
    trouble.textContent = words;
    trouble.hidden = !words;
  }
  function show() {
    chosen.replaceChildren(...files.map((file) => el("li", {}, icon("clip"), el("span", { text: `${file.name} (${size(file.size)})` }),
      el("button", { type: "button", "aria-label": say("remove", { who: file.name }), onclick: () => drop(file) }, icon("x")))));
  }
  function drop(file) {
    files = files.filter((one) => one !== file);
    show();
    text.focus();
  }
  function take(given) {
    complain();
    for (const file of given) {
      if (file.size > config.fileMB * 1024 * 1024) complain(say("tooBig", { who: file.name, most: config.fileMB }));
      else if (files.length >= config.files) complain(say("tooMany", { most: config.files }));
      else files.push(file);
    }
    show();
  }
  function typed(now) {
    if (!now && !told) return;
    if (now && Date.now() - told < EVERY) return;
    told = now ? Date.now() : 0;
    types(now);
  }

  picker.addEventListener("change", () => (take(picker.files), (picker.value = ""), text.focus()));
  text.addEventListener("paste", (event) => event.clipboardData.files.length && (event.preventDefault(), take(event.clipboardData.files)));
  text.value = kept("draft") ?? "";
  text.addEventListener("input", () => (keep({ draft: text.value }), typed(Boolean(text.value.trim()))));
  text.addEventListener("blur", () => typed(false));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (!said && !files.length) return text.focus();
    complain();
    send(said, files);
    files = [];
    typed(false);
    text.value = "";
    keep({ draft: "" });
    show();
    text.focus();
  });
  return form;
}
