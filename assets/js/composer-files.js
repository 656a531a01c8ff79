/* Files: chosen, dropped or pasted, put into the draft at once, one after the other. */
import { composer, csrf, notSaved } from "./lib.js";
import { waitFor } from "./composer-drafts.js";

const MEGABYTE = 1024 * 1024;
let queue = Promise.resolve();
const list = (kind) => document.getElementById(`berkas-${kind}`);
const two = (number) => String(number).padStart(2, "0");

/* A pasted picture has no name of its own. */
function named(file) {
  if (file.name && !/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".");
  const ending = file.type.split("/")[1]?.replace("jpeg", "jpg") ?? "png";
  return new File([file], `${composer().dataset.screenshot} ${day} ${time}.${ending}`, { type: file.type });
}

export function attach(files) {
  const kind = composer().dataset.mode;
  for (const file of [...files].map(named)) {
    const line = progressLine(kind, file.name);
    if (file.size > Number(composer().dataset.largest) * MEGABYTE) fail(line, composer().dataset.tooLarge);
    else waitFor((queue = queue.then(() => send(kind, file, line))));
  }
}

function progressLine(kind, name) {
  const line = document.createElement("p");
  line.className = "dr-uploading dr-sm";
  line.append(Object.assign(document.createElement("span"), { className: "dr-cut", textContent: name }));
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", name);
  line.append(bar);
  list(kind).append(line);
  return line;
}

function fail(line, text) {
  line.querySelector("progress")?.remove();
  line.setAttribute("role", "alert");
  line.dataset.failed = "";
  line.append(Object.assign(document.createElement("span"), { className: "dr-field-error", textContent: text }));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-ghost btn-icon btn-sm";
  close.dataset.uploadDismiss = "";
  close.setAttribute("aria-label", `${composer()?.dataset.closes ?? ""}: ${line.firstElementChild.textContent}`);
  close.append(Object.assign(document.createElement("i"), { className: "ti ti-x", ariaHidden: "true" }));
  line.append(close);
}

function send(kind, file, line) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("mode", kind);
    body.append("berkas", file, file.name);
    request.open("POST", composer().dataset.upload);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      const bar = line.querySelector("progress");
      if (bar && event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      if (request.status === 200) {
        const why = show(kind, request.responseText);
        if (why) fail(line, why);
        else line.remove();
      } else {
        if (request.status === 401) notSaved(401);
        fail(line, composer()?.dataset.uploadFailed ?? "");
      }
      resolve();
    });
    request.send(body);
  });
}

/* The list as the server has it; what is still on its way, or failed, stays below. Returns why a file was refused: that is
   said beside its name, where no other file's answer takes it away. */
function show(kind, html) {
  const old = list(kind);
  if (!old) return "";
  const fresh = document.createRange().createContextualFragment(html).querySelector(".dr-attached");
  const refusal = fresh.querySelector("[role=alert]");
  refusal?.remove();
  fresh.append(...old.querySelectorAll(".dr-uploading"));
  old.replaceWith(fresh);
  return refusal?.textContent.trim() ?? "";
}

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-upload-dismiss]");
  if (!button) return;
  button.closest(".dr-uploading").remove();
  composer()?.querySelector("[data-attach]").focus();
});

addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-attach]") || !event.target.files.length) return;
  attach(event.target.files);
  event.target.value = "";
});

addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  if (!files?.length || !event.target.closest?.("#tulis")) return;
  if (event.clipboardData.types.includes("text/plain")) return; // a spreadsheet brings its picture along
  event.preventDefault();
  attach(files);
});

const carriesFiles = (event) => composer() && event.dataTransfer?.types.includes("Files") && event.target.closest?.("#percakapan");
addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  composer().dataset.drop = "";
});
addEventListener("dragleave", (event) => {
  if (composer() && !event.relatedTarget?.closest?.("#percakapan")) delete composer().dataset.drop;
});
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  delete composer().dataset.drop;
  attach(event.dataTransfer.files);
});

addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-file-remove]");
  if (!button) return;
  event.preventDefault();
  const kind = button.closest(".dr-attached").dataset.when;
  const answer = await fetch(button.formAction, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
  if (!answer.ok) notSaved(answer.status);
  else show(kind, await answer.text());
  composer().querySelector("[data-attach]").focus();
});
