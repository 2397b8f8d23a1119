// Idle logoff that keeps what was being typed: after data-idle-minutes without a touch the page is covered and asks the
// same person to sign in again. Work in one tab keeps the others open; typing for long keeps the session alive.
import { isLocked, lock } from "./lock.js";
import { ask, guarded, isFresh } from "./session.js";

const limit = Number(document.body.dataset.idleMinutes || 0) * 60 * 1000;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("evenkeel-activity") : null;
const TELL = 5 * 1000;
let last = Date.now();
let told = 0;

function active() {
  if (isLocked()) return;
  last = Date.now();
  if (last - told < TELL) return;
  told = last;
  tabs?.postMessage("active");
}

async function look() {
  if (isLocked()) return;
  const idle = Date.now() - last;
  if (idle >= limit) lock();
  else if (idle < limit / 4 && !isFresh() && document.visibilityState === "visible" && (await ask()).state === "ended") lock();
}

if (guarded && limit > 0) {
  for (const sign of ["pointerdown", "keydown", "wheel", "touchstart", "input"])
    document.addEventListener(sign, active, { passive: true, capture: true });
  tabs?.addEventListener("message", () => { if (!isLocked()) last = Date.now(); });
  window.addEventListener("ek:unlocked", () => { last = Date.now(); });
  document.addEventListener("visibilitychange", look);
  setInterval(look, Math.min(TELL, limit / 4));
}

// A request that meets an ended session: cover the page, and send the same request again once the person is back.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig, target } = event.detail;
  const asker = requestConfig.elt; // event.detail.elt is the place of the answer
  if (xhr.status !== 401) return;
  event.detail.shouldSwap = false;
  const asks = decodeURIComponent(xhr.getResponseHeader("X-Evenkeel-Asks") ?? ""); // what the person is about to do
  if (requestConfig.verb === "get" && !asks) return lock();
  lock(() => {
    if (asker.matches("form[data-autosave]")) return asker.dispatchEvent(new CustomEvent("ek:send-again"));
    const values = {}; // a name may come more than once
    for (const [name, value] of requestConfig.formData ?? []) (values[name] ??= []).push(value);
    delete values.csrfmiddlewaretoken;
    window.htmx.ajax(requestConfig.verb.toUpperCase(), requestConfig.path, { source: asker, target, values });
  }, asks);
});

// A page that the browser kept whole, for its way back, may belong to nobody any more: a tablet that a patient holds.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
