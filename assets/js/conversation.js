/* The conversation: where it opens, pictures, links to an entry, and dialogs the server asks to open. */
import { inbox, openArea } from "./lib.js";
import { toast } from "./toast.js";

const log = () => document.getElementById("log");

/* Whoever is at the end stays there while what stands below grows: articles that arrive, files, a longer text. */
const END = 4; // pixels
let atEnd = true;
const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight <= END;
const sized = new ResizeObserver(() => {
  if (atEnd && log()) log().scrollTop = log().scrollHeight;
});
document.addEventListener("scroll", ({ target }) => {
  if (target === log()) atEnd = isAtEnd(target);
}, true);

/* To the entry the address names, to what is new, or to the end. */
export function openLog() {
  const box = log();
  if (!box) return;
  sized.disconnect();
  sized.observe(box);
  box.scrollTop = box.scrollHeight;
  const wanted = /^#e\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (wanted && box.contains(wanted)) {
    showEntry(wanted);
    atEnd = isAtEnd(box);
    return;
  }
  const line = box.querySelector(".dr-day[data-new]");
  if (line && line.getBoundingClientRect().top < box.getBoundingClientRect().top) line.scrollIntoView({ block: "start" });
  atEnd = isAtEnd(box);
}

function showEntry(entry) {
  for (let fold = entry.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  for (const other of log().querySelectorAll("[data-pointed]")) delete other.dataset.pointed;
  entry.dataset.pointed = "";
  entry.scrollIntoView({ block: "center" });
  entry.focus({ preventScroll: true });
}

export function openDialogs() {
  for (const dialog of document.querySelectorAll("dialog[data-modal]")) {
    if (dialog.open) dialog.close(); // shown without script
    delete dialog.dataset.modal;
    dialog.showModal();
  }
}

addEventListener("hashchange", () => inbox() && openLog());

addEventListener("click", (event) => {
  const closing = event.target.closest?.("[data-dismiss]");
  if (!closing) return;
  event.preventDefault();
  closing.closest("dialog").close();
  const entry = closing.hash && document.querySelector(`#log ${closing.hash}`);
  if (entry) showEntry(entry);
  else openArea()?.focus();
});

/* From a quotation to what it quotes, where that is on the page; else its address leads there. */
addEventListener("click", (event) => {
  const jump = event.target.closest?.("a[data-jump]");
  const entry = jump && log()?.querySelector(jump.hash);
  if (!entry || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  showEntry(entry);
});

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-show-dialog]");
  if (opener) document.getElementById(opener.dataset.showDialog).showModal();
});

addEventListener("click", (event) => {
  const picture = event.target.closest?.("a[data-lightbox]");
  const box = document.getElementById("gambar");
  if (!picture || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const image = box.querySelector("img");
  image.src = picture.href;
  image.alt = picture.dataset.name;
  box.querySelector("b").textContent = picture.dataset.name;
  box.querySelector("a[download]").href = picture.dataset.download;
  box.showModal();
});

addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-copy-link]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    toast({ text: link.dataset.copied });
  } catch {
    location.assign(link.href); // no clipboard here: the address bar has it
  }
});

openDialogs();
openLog();
