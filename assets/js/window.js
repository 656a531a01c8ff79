/* The 24-hour window of WhatsApp runs down by the clock, day and night; when it is over the composer says so. */
import { spanOf } from "./clocks.js";

const TICK = 20_000;

function words() {
  const box = document.querySelector("[data-countdown]");
  return box?.dataset ?? { m: "{minutes} m", h: "{hours} j", hm: "{hours} j {minutes} m" };
}

export function showWindow() {
  const now = Date.now() / 1000;
  const notice = document.querySelector("#jendela[data-closes]");
  const composer = document.querySelector("[data-window-words]"); // stands still while the rest is renewed
  const rest = notice ? Number(notice.dataset.closes) - now : 0;
  if (composer) composer.textContent = rest > 0 ? composer.dataset.windowWords.replace("{time}", spanOf(words(), rest)) : "";
  for (const place of document.querySelectorAll("[data-window-left]")) {
    const left = Number(place.dataset.windowLeft) - now;
    place.textContent = left > 0 ? place.dataset.words.replace("{time}", spanOf(words(), left)) : place.dataset.over ?? "";
    const chip = place.closest(".dr-chip");
    if (chip) chip.dataset.tone = left <= 0 ? "danger" : left < 7200 ? "warn" : "line";
  }
  if (notice && rest <= 0) notice.dataset.window = "closed";
}

setInterval(showWindow, TICK);
addEventListener("htmx:afterSettle", showWindow);
addEventListener("dering:renewed", showWindow);
addEventListener("visibilitychange", () => document.visibilityState === "visible" && showWindow());
showWindow();
