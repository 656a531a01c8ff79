/* A list of options that a text field steers: which one is chosen, by key or pointer. */
export const optionsOf = (box) => [...box.querySelectorAll("[role=option]:not([hidden])")];
export const chosenOf = (box) => box.querySelector("[role=option][aria-selected=true]:not([hidden])");

export function choose(box, field, option) {
  for (const other of box.querySelectorAll("[role=option]")) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
}

/* Up and down; true when the key was one of them. */
export function step(box, field, key) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  const all = optionsOf(box);
  if (!by || !all.length) return false;
  const at = all.indexOf(chosenOf(box));
  choose(box, field, all[(at + by + all.length) % all.length]);
  return true;
}
