/* A form that is on its way is not sent again: a double click makes one reservation, one visit, one ticket. Those that a
   script sends by itself are none of this; the last to listen, it knows which these are. */
const WHILE = 10_000; // ms; then the answer is taken for lost, and one may try again

let sent = new WeakMap();

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  if (Date.now() - (sent.get(form) ?? -WHILE) < WHILE) event.preventDefault();
  else sent.set(form, Date.now());
});
addEventListener("pageshow", (event) => { if (event.persisted) sent = new WeakMap(); });
