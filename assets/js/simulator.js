/* A log that follows its end, unless someone reads further up. */
const FAR = 40;

function toEnd(log) {
  log.scrollTop = log.scrollHeight;
}

for (const log of document.querySelectorAll("[data-follow]")) toEnd(log);

addEventListener("htmx:beforeSwap", ({ target }) => {
  if (target.matches?.("[data-follow]")) target.dataset.low = target.scrollHeight - target.scrollTop - target.clientHeight < FAR ? "1" : "";
});
addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.matches?.("[data-follow]") && target.dataset.low) toEnd(target);
});

/* The widget in the page is looked at, as if somebody had opened it. */
addEventListener("message", ({ source, data }) => {
  const frame = document.querySelector(".dr-sim-chat");
  if (frame && source === frame.contentWindow && data?.dering === "ready") source.postMessage({ dering: "open" }, location.origin);
});
