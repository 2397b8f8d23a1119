// Plain forms: never sent twice by a double click, never sent into an ended session or a dead network. When the last word
// from the server is older than a minute, it is asked first; what was typed stays on the page until the answer is yes.
import { lock } from "./lock.js";
import { ask, guarded, isFresh } from "./session.js";
import { show } from "./toast.js";

const isOurs = (form) =>
  guarded && form.method === "post" && !form.target && !form.hasAttribute("data-unlock-form") && !form.closest("#ek-lock") && !form.hasAttribute("hx-post");

function send(form, submitter) {
  form.dataset.sure = "";
  if (submitter?.isConnected) form.requestSubmit(submitter);
  else form.requestSubmit();
}

async function check(form, submitter) {
  const { state } = await ask();
  if (state === "alive") send(form, submitter);
  else if (state === "ended") lock(() => send(form, submitter));
  else show("The server can’t be reached. Nothing was sent, and what you typed is still here.");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !isOurs(form)) return;
  if ("sent" in form.dataset) return event.preventDefault();
  if ("sure" in form.dataset || isFresh()) {
    delete form.dataset.sure;
    form.dataset.sent = "";
    return;
  }
  event.preventDefault();
  check(form, event.submitter);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-blocked]")) event.preventDefault();
});

const first = document.querySelector("[data-focus]");
first?.focus();
if (first?.readOnly) first.select(); // an address that is shown once, to be copied
