/* Properties edited in place: the button opens an editor below it; Esc closes it, choosing saves. */
import { composer } from "./lib.js";

const editorOf = (node) => node.closest?.(".dr-editor");
const buttonOf = (editor) => document.getElementById(editor.id.replace("sunting-", "ubah-"));
const choices = (editor) => [...editor.querySelectorAll(".dr-option:not([hidden])")];

function close(editor, back = true) {
  const button = buttonOf(editor);
  editor.replaceChildren();
  button?.setAttribute("aria-expanded", "false");
  if (back) button?.focus();
}

/* A second press of the button closes what the first one opened. */
addEventListener("htmx:beforeRequest", (event) => {
  const button = event.target;
  if (!button.matches?.(".dr-edit")) return;
  for (const open of document.querySelectorAll(".dr-editor:not(:empty)")) {
    const same = buttonOf(open) === button;
    close(open, same);
    if (same) event.preventDefault();
  }
});

function opened(editor) {
  buttonOf(editor)?.setAttribute("aria-expanded", "true");
  const first = editor.querySelector("[data-editor-first]") ?? editor.querySelector("[aria-current]") ?? choices(editor)[0];
  first?.focus();
  if (first?.matches("textarea, input[aria-invalid]")) first.select();
  editor.scrollIntoView({ block: "nearest" });
}

addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target;
  if (target?.matches?.(".dr-editor")) opened(target);
  else if (target?.id === "fakta") {
    const editor = document.querySelector(".dr-editor:not(:empty)");
    if (editor) opened(editor);
  }
});

addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-filter]")) return;
  const wanted = event.target.value.trim().toLocaleLowerCase();
  for (const option of editorOf(event.target).querySelectorAll(".dr-option")) {
    option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted);
  }
});

addEventListener("click", (event) => {
  const editor = editorOf(event.target);
  if (editor && event.target.closest("[data-close-editor]")) close(editor);
});

document.addEventListener("keydown", (event) => {
  const editor = editorOf(event.target);
  if (!editor || event.isComposing) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    close(editor);
    return;
  }
  if (event.key === "Enter" && event.target.matches("[data-filter]")) {
    event.preventDefault();
    choices(editor)[0]?.click();
    return;
  }
  if (event.key === "Enter" && event.target.matches("[data-enter-sends]") && !event.shiftKey) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("textarea")) return;
  event.preventDefault();
  const all = choices(editor);
  const at = all.indexOf(document.activeElement) + step;
  (at < 0 ? editor.querySelector("[data-editor-first]") ?? all[0] : all[Math.min(at, all.length - 1)])?.focus();
});

/* Where the focus goes when the form that had it is gone. */
export function focusAfter(by) {
  const wanted = by.dataset?.focusAfter;
  if (!wanted || document.querySelector(".dr-editor:not(:empty)")) return Boolean(wanted);
  if (!composer()?.contains(document.activeElement)) document.getElementById(wanted)?.focus();
  return true;
}
