/* Units that are asked one after another: the form sends the order in which they were ticked, and each shows its turn. */
addEventListener("change", ({ target }) => {
  const group = target.closest?.("[data-in-turn]");
  if (target.type === "checkbox" && group) put(group, target);
});

addEventListener("htmx:load", ({ target }) => showAll(target));
showAll(document);

function showAll(place) {
  for (const group of place.querySelectorAll?.("[data-in-turn]") ?? []) show(group);
}

function put(group, box) {
  const order = group.querySelector("[name=giliran]");
  const others = order.value.split(" ").filter((code) => code && code !== box.value);
  order.value = (box.checked ? [...others, box.value] : others).join(" ");
  show(group);
}

function show(group) {
  const turns = group.querySelector("[name=giliran]").value.split(" ");
  for (const box of group.querySelectorAll("[type=checkbox]")) {
    const turn = box.checked ? turns.indexOf(box.value) + 1 : 0;
    const label = box.nextElementSibling;
    if (turn) label.dataset.turn = turn;
    else delete label.dataset.turn;
  }
}
