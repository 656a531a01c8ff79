/* Keyboard shortcuts: a link or button with data-key is clicked by that key, never while someone is typing. */
const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
const scrolls = (target) => {
  const box = target.closest("[data-scroll]");
  return box !== null && box.scrollWidth > box.clientWidth;
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
  if (typing(event.target) || scrolls(event.target)) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!control) return;
  event.preventDefault();
  control.click();
});
