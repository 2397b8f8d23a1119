// <form data-autosave hx-trigger="autosave">: what is typed is sent at every pause, and every five seconds while typing goes
// on. One request at a time; what came in meanwhile follows. The server's answer brings the new version and says “Saved”.
const PAUSE = 1200;
const AT_MOST = 5000;
const RETRY = 5000;

const form = document.querySelector("form[data-autosave]");
const state = { dirty: false, sending: false, since: 0, timer: 0, then: null };

const inConflict = () => document.querySelector("[data-conflict]") !== null;

function say(words, css) {
  const place = document.getElementById("saved");
  if (!place) return;
  place.classList.remove("is-busy", "is-off");
  place.classList.add(css);
  place.querySelector("span").textContent = words;
}

function later(delay) {
  clearTimeout(state.timer);
  state.timer = setTimeout(send, delay);
}

function typed() {
  if (!state.dirty) state.since = Date.now();
  state.dirty = true;
  if (!inConflict()) later(Math.min(PAUSE, Math.max(0, state.since + AT_MOST - Date.now())));
}

function send() {
  clearTimeout(state.timer);
  if (!state.dirty || state.sending || inConflict()) return;
  state.dirty = false;
  state.sending = true;
  say("Saving…", "is-busy");
  form.dispatchEvent(new CustomEvent("autosave"));
}

// htmx tells of every answer, and of a network that gave none, by htmx:afterRequest.
function answered(event) {
  if (event.detail.elt !== form) return;
  const status = event.detail.xhr?.status ?? 0;
  if (status === 401) return say("Not saved yet: locked", "is-off"); // sent again, with what stands then, by sendAgain
  state.sending = false;
  if (status === 0 || status >= 500) {
    state.dirty = true;
    say("Not saved, trying again", "is-off");
    return later(RETRY);
  }
  if (status === 409) state.dirty = true;
  const next = state.then;
  state.then = null;
  if (state.dirty && !inConflict()) later(PAUSE);
  if (next && !inConflict()) next();
}

/** The person is back after a lock: what stands on the page now is what is kept. */
function sendAgain() {
  state.sending = false;
  state.dirty = true;
  send();
}

/** Sign only what is saved: the dialog opens once the last words are in. */
function open(event) {
  const opener = event.target.closest("[data-after-save]");
  if (!opener || !(state.dirty || state.sending)) return;
  event.preventDefault();
  event.stopPropagation();
  state.then = () => opener.click();
  send();
}

function keepMine(event) {
  const button = event.target.closest("[data-keep-mine]");
  if (!button) return;
  document.getElementById("version").value = button.dataset.keepMine;
  document.getElementById("save-trouble").replaceChildren();
  state.dirty = true;
  send();
}

if (form) {
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("ek:send-again", sendAgain);
  window.addEventListener("ek:given-up", () => { state.dirty ||= state.sending; state.sending = false; });
  form.addEventListener("submit", () => { state.dirty = false; });
  document.addEventListener("htmx:afterRequest", answered);
  document.addEventListener("click", open, true);
  document.addEventListener("click", keepMine);
  window.addEventListener("beforeunload", (event) => {
    if (state.dirty || state.sending) event.preventDefault();
  });
}
