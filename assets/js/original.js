/* A mail's HTML opens in a frame below its text. The frame runs no script; its height follows what it holds. */
function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (page) frame.style.height = `${Math.min(page.scrollHeight + 2, 1600)}px`;
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-original]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const place = link.closest(".dr-original");
  const shown = place.querySelector("iframe");
  link.setAttribute("aria-expanded", String(!shown));
  if (shown) return shown.remove();
  const frame = document.createElement("iframe");
  frame.title = link.dataset.original;
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.addEventListener("load", () => {
    fit(frame);
    for (const image of frame.contentDocument?.images ?? []) image.addEventListener("load", () => fit(frame));
  });
  frame.src = link.href;
  place.append(frame);
});
