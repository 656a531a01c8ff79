/* data-copy="id": puts the text of that element on the clipboard, a list item a line, and says so on the button. */
addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const items = [...source.querySelectorAll("li")];
  const content = items.length ? items.map((item) => item.textContent.trim()).join("\n") : source.textContent.trim();
  try {
    await navigator.clipboard.writeText(content);
    (button.querySelector("span") ?? button).textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(source);
  }
});
