// Asking the server whether the session lives, and proving again who is there.
//
// The server's side (clinic/sessions.py; the address of clinic:unlock is data-unlock of <body>):
//   GET  clinic:unlock   204 with X-Evenkeel-User: <id> while the session lives (it counts as a touch); else 401 or a
//                        redirect to sign in.
//   POST clinic:unlock   password: 204 and the session goes on; 422 or 429 with {"sentence"}: say it; 401 with
//                        {"sentence"}: the session is over, only signing in anew helps.
//                        On a tablet of the clinic `pin` does it too; clinic:switch-in takes person and pin of a colleague.
//   anything else of a locked or ended session: 401 for unsafe and htmx requests, nothing done.
//   A request with X-Background (polls) never counts as a touch.
const FRESH = 60 * 1000;
const address = document.body.dataset.unlock;
let lastContact = Date.now();

export const guarded = Boolean(address);
export const isFresh = () => Date.now() - lastContact < FRESH;
export const touched = () => { lastContact = Date.now(); };

/** {state: "alive" | "ended" | "unreachable", user} */
export async function ask() {
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, redirect: "manual", cache: "no-store" });
    if (answer.status === 204) {
      touched();
      return { state: "alive", user: answer.headers.get("X-Evenkeel-User") };
    }
    return { state: answer.status >= 500 ? "unreachable" : "ended" };
  } catch {
    return { state: "unreachable" };
  }
}

export const prove = (form, token, elsewhere = address) =>
  fetch(elsewhere, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
    redirect: "manual",
  });

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.headers["X-Background"]) return;
  if (event.detail.xhr?.status && event.detail.xhr.status < 400) touched();
});
