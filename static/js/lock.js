// Covering the page, and uncovering it for the same person. What was typed stays in the page's memory, nowhere else:
// nothing is written to browser storage.
import { renew, token } from "./csrf.js";
import { holdsTyping } from "./parts.js";
import { ask, prove, touched } from "./session.js";

const dialog = document.getElementById("ek-lock");
const form = document.querySelector("[data-unlock-form]");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("evenkeel-session") : null;
const waiting = [];
let title = "";
let warned = "";

export const isLocked = () => document.body.classList.contains("is-locked");

/** Which of the two questions stands on the cover: whether somebody is there, or whether it is still the same person. */
function word(asks) {
  const proving = Boolean(asks);
  dialog.querySelector("[data-lock-asks]").textContent = asks;
  for (const part of dialog.querySelectorAll("[data-lock-idle]")) part.hidden = proving;
  for (const part of dialog.querySelectorAll("[data-lock-prove], [data-lock-cancel]")) part.hidden = !proving;
}

/** Cover the page; `resume` is called once the same person is back. `asks`: the session lives and may be left; why it asks. */
export function lock(resume, asks = "") {
  if (!dialog) return;
  if (resume) waiting.push(resume);
  if (isLocked() && asks) return;
  word(asks);
  if (isLocked()) return;
  title = document.title;
  document.title = "Locked · Evenkeel";
  document.body.classList.add("is-locked");
  dialog.showModal();
  (form.elements.pin ?? form.elements.password).focus();
}

function unlock() {
  touched();
  renew();
  warned = "";
  complain("");
  form.reset();
  document.body.classList.remove("is-locked");
  document.title = title;
  dialog.close();
  window.dispatchEvent(new Event("ek:unlocked"));
  for (const resume of waiting.splice(0)) resume();
}

function complain(sentence, ended = false) {
  const note = form.querySelector("#lock-error");
  const input = form.elements.pin ?? form.elements.password;
  note.hidden = !sentence;
  note.querySelector("span").textContent = sentence;
  input.classList.toggle("is-invalid", Boolean(sentence));
  input.setAttribute("aria-invalid", String(Boolean(sentence)));
  form.querySelector("[data-ended]").hidden = !ended;
}

/** The press that asked for a proof is given up; the page is as it was before. */
function giveUp() {
  waiting.length = 0;
  unlock();
  window.dispatchEvent(new Event("ek:given-up"));
}

/** A colleague opens the tablet at an address of its own; a password is always the password of the one who is here. */
const isColleague = () => Boolean(form.elements.person?.value && !form.elements.password.value);
const address = () => (isColleague() ? form.dataset.switch : undefined);

const isHalfTyped = () => [...document.forms].some((other) => other !== form && holdsTyping(other));

/** The page of a colleague starts anew: what the one before typed and did not save would go, so it is said first. */
function asksFirst() {
  const name = isColleague() && isHalfTyped() ? form.elements.person.selectedOptions[0].textContent : "";
  if (!name || warned === name) return false;
  warned = name;
  complain(`Something typed on this page is not saved yet. If ${name} goes on here, it is thrown away. Press again to go on, or let the one who typed it save it first.`);
  return true;
}

async function submit(event) {
  event.preventDefault();
  if (asksFirst()) return;
  let answer;
  try {
    answer = await prove(form, token(), address());
  } catch {
    return complain("The server can’t be reached. What you typed is still here; try again in a moment.");
  }
  if (answer.ok) {
    if (isColleague()) return location.replace(location.href); // a colleague's page now
    channel?.postMessage({ unlocked: dialog?.dataset.user });
    if (dialog) unlock();
    else location.replace(form.elements.next.value);
    return;
  }
  const body = await answer.json().catch(() => ({}));
  complain(body.sentence ?? "This session is over.", ![422, 429].includes(answer.status));
  (form.elements.pin ?? form.elements.password).select();
}

/** Someone signed in in another tab: if it is the same person, the page opens again; if not, it starts anew. */
async function look() {
  if (!isLocked() || form.querySelector("[data-ended]").hidden) return;
  const { state, user } = await ask();
  if (state !== "alive") return;
  if (user === dialog.dataset.user) unlock();
  else location.replace("/");
}

form?.addEventListener("submit", submit);
form?.querySelector("[data-lock-cancel]").addEventListener("click", giveUp);
if (dialog) {
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => isLocked() && dialog.showModal());
  window.addEventListener("focus", look);
  channel?.addEventListener("message", ({ data }) => {
    if (isLocked() && data.unlocked === dialog.dataset.user) unlock();
  });
}
