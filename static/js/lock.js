// Covering the page, and uncovering it for the same person. What was typed stays in the page's memory, nowhere else:
// nothing is written to browser storage.
import { renew, token } from "./csrf.js";
import { signIn, touched } from "./session.js";

const dialog = document.getElementById("ek-lock");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("evenkeel-session") : null;
const waiting = [];
let title = "";

export const isLocked = () => document.body.classList.contains("is-locked");

/** Cover the page; `resume` is called once the same person is back. */
export function lock(resume) {
  if (!dialog) return;
  if (resume) waiting.push(resume);
  if (isLocked()) return;
  title = document.title;
  document.title = "Locked · Evenkeel";
  document.body.classList.add("is-locked");
  dialog.showModal();
  dialog.querySelector("#lock-password")?.focus();
}

function unlock() {
  touched();
  document.body.classList.remove("is-locked");
  document.title = title;
  dialog.querySelector("form").reset();
  dialog.close();
  window.dispatchEvent(new Event("ek:unlocked"));
  for (const resume of waiting.splice(0)) resume();
}

function complain(fields, sentence) {
  let note = fields.querySelector("[data-lock-note]");
  if (!note) {
    note = document.createElement("p");
    note.dataset.lockNote = "";
    note.className = "ek-sm mt-2";
    note.setAttribute("role", "alert");
    fields.append(note);
  }
  note.textContent = sentence;
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  let answer;
  try {
    answer = await signIn(form, token());
  } catch {
    complain(form, "The server can’t be reached. What you typed is still here; try again in a moment.");
    return;
  }
  if (answer.ok) {
    const fresh = answer.headers.get("X-CSRFToken");
    renew(fresh);
    channel?.postMessage({ unlocked: dialog.dataset.user, token: fresh });
    unlock();
  } else if (answer.status === 422 || answer.status === 429) {
    form.innerHTML = await answer.text();
    form.querySelector("#lock-password")?.focus();
  } else {
    complain(form, "That did not work. Reload the page to sign in; what you typed here would be lost.");
  }
}

if (dialog) {
  dialog.querySelector("[data-unlock-form]").addEventListener("submit", submit);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => isLocked() && dialog.showModal());
  channel?.addEventListener("message", ({ data }) => {
    if (data.unlocked !== dialog.dataset.user) return;
    renew(data.token);
    if (isLocked()) unlock();
  });
}
