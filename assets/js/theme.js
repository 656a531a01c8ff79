/* Light, dark or automatic, how dense, and whether single keys are shortcuts: the cookie is what the server reads, so the next page paints right at once.
   Without this script the form posts and the page comes back in the chosen theme. */
const YEAR = 365 * 24 * 60 * 60;
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const shown = () => (root.dataset.bsTheme === "auto" ? (system.matches ? "dark" : "light") : root.dataset.bsTheme);

const KEPT_IN = { theme: "bsTheme", density: "density", keys: "keys" };

function choose(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  root.dataset[KEPT_IN[name]] = value;
  for (const button of document.querySelectorAll(`.dr-segments button[name="${name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  if (name === "theme") dispatchEvent(new Event("dering:theme"));
}

addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form], [data-look-form]") || !event.submitter) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  choose(name, value === "toggle" ? (shown() === "dark" ? "light" : "dark") : value);
});
system.addEventListener("change", () => root.dataset.bsTheme === "auto" && dispatchEvent(new Event("dering:theme")));
