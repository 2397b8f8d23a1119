// Asking the server whether the session lives.
//
// The server's side (clinic/sessions.py, route clinic:unlock; its address is data-unlock of <body>):
//   GET  clinic:unlock   204 the session lives (and counts as touched); 401 it has ended.
//   POST clinic:unlock   user (id), password, code: 204 signed in as the same user, with the header X-CSRFToken: the new
//                        token; 422 with templates/frame/lock_fields.html, saying what is wrong (context unlock_error,
//                        unlock_user, needs_code); 429 with the same fragment when tried too often.
//   any unsafe request of an ended session: 401, nothing done. A plain form gets templates/frame/locked.html.
//   any htmx request of an ended session: 401, no redirect, no body that is shown.
const FRESH = 60 * 1000;
const address = document.body.dataset.unlock;
let lastContact = Date.now();

export const guarded = Boolean(address);
export const isFresh = () => Date.now() - lastContact < FRESH;
export const touched = () => { lastContact = Date.now(); };

/** "alive", "ended", or "unreachable". */
export async function ask() {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
    if (answer.status === 204) {
      touched();
      return "alive";
    }
    return answer.status >= 500 ? "unreachable" : "ended";
  } catch {
    return "unreachable";
  }
}

export const signIn = (form, token) =>
  fetch(address, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": token }, redirect: "manual" });

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status && event.detail.xhr.status < 400) touched();
});
