/* Light, dark or automatic: the cookie is what the server reads, so the next page paints right at once.
   Without this script the form posts and the page comes back in the chosen theme. */
const YEAR = 365 * 24 * 60 * 60;
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const shown = () => (root.dataset.bsTheme === "auto" ? (system.matches ? "dark" : "light") : root.dataset.bsTheme);

function choose(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  root.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] button[value]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  dispatchEvent(new Event("dering:theme"));
}

addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const wanted = event.submitter.value;
  choose(wanted === "toggle" ? (shown() === "dark" ? "light" : "dark") : wanted);
});
system.addEventListener("change", () => root.dataset.bsTheme === "auto" && dispatchEvent(new Event("dering:theme")));
