// Parts of a page that the server draws anew: each takes the place of the one with its id, and only when it differs, so
// that nothing flickers and nobody who types, reads or presses is disturbed.
const isTouched = (part) =>
  holdsTyping(part) || (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

/** Whether somebody typed or chose something in here that the server has not taken. */
export const holdsTyping = (part) =>
  part.querySelector("[data-typed]") !== null // a form that was refused holds what somebody typed, as its defaults
  || [...part.querySelectorAll("select")].some((select) =>
    select.selectedOptions[0] !== ([...select.options].find((option) => option.defaultSelected) ?? select.options[0]))
  || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

// What was said about the last press stays until the next one: a look in the background has nothing to say about it.
const isSaying = (part) => part.matches(".ek-say");

const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;
const drawn = new WeakMap();
const written = (part) => part.outerHTML.replace(TOKEN, "");

/** Put every part of an answer in its place; a look in the background spares what somebody is typing into. */
export function apply(html, background = false) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of page.querySelectorAll("[hx-swap-oob]")) {
    const old = document.getElementById(part.id);
    part.removeAttribute("hx-swap-oob");
    const text = written(part);
    if (!old || drawn.get(old) === text || (background && (isTouched(old) || isSaying(old)))) continue;
    put(old, part, text);
  }
  document.dispatchEvent(new CustomEvent("ek:parts"));
}

function put(old, part, text) {
  const focus = old.contains(document.activeElement) && document.activeElement.id;
  keepOpen(old, part);
  old.replaceWith(part);
  drawn.set(part, text);
  window.htmx?.process(part);
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}

function keepOpen(old, part) {
  const name = (fold) => fold.querySelector("summary")?.textContent.slice(0, 8);
  const before = [...old.querySelectorAll("details")];
  [...part.querySelectorAll("details")].forEach((fold, at) => {
    if (before[at] && name(before[at]) === name(fold) && !fold.querySelector(".is-invalid")) fold.open = before[at].open;
  });
}

/** Ask every few seconds whether anything changed; `busy` says when not to. The server answers 304 until it did. */
export function watch(address, seconds, busy = () => false) {
  let tag = "";
  let asking = false;
  const look = async () => {
    if (asking || document.hidden || busy()) return;
    asking = true;
    try {
      const headers = { "HX-Request": "true", "X-Background": "1", ...(tag && { "If-None-Match": tag }) };
      const answer = await fetch(address, { headers, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10_000) });
      if (answer.status === 200) {
        apply(await answer.text(), true);
        tag = answer.headers.get("ETag") ?? "";
      }
      document.dispatchEvent(new CustomEvent("ek:reached", { detail: answer.status === 200 || answer.status === 304 }));
    } catch {
      document.dispatchEvent(new CustomEvent("ek:reached", { detail: false }));
      document.dispatchEvent(new Event("ek:unreachable"));
    } finally {
      asking = false;
    }
  };
  setInterval(look, seconds * 1000);
  document.addEventListener("visibilitychange", look);
  return look;
}
