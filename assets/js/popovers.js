/* A popover opens beside its button; browsers without anchor positioning get the same from here. */
addEventListener("toggle", (event) => {
  const box = event.target;
  if (event.newState !== "open" || !box.matches?.("[popover][id]")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(box.id)}"]`);
  const from = button.getBoundingClientRect();
  const gap = 6;
  const above = innerHeight - from.bottom < box.offsetHeight + gap;
  const top = above ? from.top - box.offsetHeight - gap : from.bottom + gap;
  const beside = box.dataset.side === "end" && innerWidth >= 768;
  box.style.top = `${Math.max(gap, beside ? Math.min(from.top, innerHeight - box.offsetHeight - gap) : top)}px`;
  const left = beside ? from.right + gap : Math.min(from.left, innerWidth - box.offsetWidth - gap);
  box.style.left = `${Math.max(gap, left)}px`;
}, true);
/* A move that leaves the page as it is closes its menu. */
addEventListener("submit", (event) => event.target.matches?.("[data-closes-menu]") && event.target.closest("[popover]")?.hidePopover());
