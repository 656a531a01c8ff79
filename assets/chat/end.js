/* The end of a chat: what to do next, the transcript, the rating of two factors. */
import { ask } from "./api.js";
import { el, say } from "./dom.js";

/* `state`: the last answer of the server; `restart()` begins anew, `changed()` asks for the state again. */
export function ending(state, { restart, changed }) {
  const done = el("p", { class: "intro", text: say(state.ended ? "ended" : "done") });
  const result = el("p", { class: "state", role: "status" });
  const mail = el("button", { type: "button", class: "wide", text: say("transcript") });
  mail.addEventListener("click", async () => {
    mail.disabled = true;
    try {
      const { email } = await ask("transkrip/");
      result.textContent = say("transcriptSent", { who: email });
    } catch (error) {
      result.textContent = error.message || say("error");
      mail.disabled = false;
    }
  });
  const anew = state.ended && el("button", { type: "button", class: "primary wide", text: say("restart"), onclick: restart });
  const rated = state.rated ? el("p", { class: "state", role: "status", text: say("rated") }) : null;
  return el("section", { class: "ending" }, done, state.rate ? rating(changed) : rated, anew, state.ended && mail, result);
}

function scale(name, label) {
  const marks = [1, 2, 3, 4, 5].map((n) => el("label", {}, el("input", { type: "radio", name, value: String(n), "aria-label": say("ofFive", { n }) }), el("span", { "aria-hidden": "true", text: String(n) })));
  return el("fieldset", { class: "scale" }, el("legend", { text: label }), el("div", { class: "marks" }, marks),
    el("p", { class: "ends", "aria-hidden": "true" }, el("span", { text: say("worst") }), el("span", { text: say("best") })));
}

function rating(changed) {
  const trouble = el("p", { class: "wrong", role: "alert", hidden: true });
  const comment = el("textarea", { id: "saran", rows: "2", maxlength: "2000" });
  const button = el("button", { class: "primary wide", type: "submit", text: say("sendRating") });
  const form = el("form", { class: "rating" }, el("h2", { text: say("rate") }), scale("service", say("service")), scale("substance", say("substance")),
    el("label", { for: "saran", text: say("comment") }), comment, trouble, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const scores = { service: Number(given.get("service")), substance: Number(given.get("substance")), comment: comment.value };
    trouble.hidden = Boolean(scores.service && scores.substance);
    trouble.textContent = say("needScores");
    if (!trouble.hidden) return;
    button.disabled = true;
    try {
      await ask("nilai/", scores);
      await changed();
    } catch (error) {
      trouble.textContent = error.message || say("error");
      trouble.hidden = false;
      button.disabled = false;
    }
  });
  return form;
}
