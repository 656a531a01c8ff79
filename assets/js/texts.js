/* A text or table that came as a file opens over the page: the same words that its address shows. */
import { part } from "./live.js";

addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-text]");
  const box = document.getElementById("berkas-teks");
  if (!link || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const words = (await part(link.href))?.getElementById("isi-berkas");
  if (!words) return location.assign(link.href);
  const place = box.querySelector(".dr-words");
  place.replaceChildren(...words.childNodes);
  place.scrollTop = place.scrollLeft = 0;
  box.querySelector("b").textContent = link.dataset.name;
  box.querySelector("a[download]").href = link.dataset.download;
  box.showModal();
});
