// On every page of a signed-in person: rows that still wait in this browser go out, and nobody signs out over them
// without knowing.
import { count, destroy, ended, person } from "./store.js";

const banner = document.getElementById("ek-waiting");
const dialog = document.getElementById("ek-signout");
const beside = document.querySelector("[data-chair]"); // the page beside a chair says itself what of it waits
let leaving = null;

const rowsWord = (number) => `${number} row${number === 1 ? "" : "s"}`;

async function look() {
  const { mine, others } = await count();
  if (others) offerToClear().catch(() => {});
  await paint(others); // said before the key has come, which opening and sending them takes
  if (!mine) return;
  await (await import("./rows.js")).wake();
  paint(others);
}

async function paint(others = 0) {
  const { mine } = await count();
  if (!banner) return;
  const own = beside ? 0 : mine;
  banner.hidden = !own && !others;
  banner.querySelector("[data-waiting-words]").textContent = own
    ? `${rowsWord(mine)} you typed on this tablet ${mine === 1 ? "has" : "have"} not reached the server yet. They are being sent.`
    : others ? `${rowsWord(others)} a colleague typed on this tablet wait${others === 1 ? "s" : ""} until that person signs in here.` : "";
}

/** What a colleague left whose account has ended goes only by the press of somebody who has read that it goes. */
async function offerToClear() {
  const gone = await ended();
  const note = banner?.querySelector("[data-waiting-ended]");
  if (!gone.length || !note) return;
  note.hidden = false;
  note.querySelector("button").onclick = async () => {
    await Promise.all(gone.map((owner) => destroy(owner)));
    note.hidden = true;
    paint((await count()).others);
  };
}

/** Signing out over rows that wait asks first; confirmed, they are destroyed: nobody else could ever read or send them. */
async function guard(event) {
  const form = event.target.closest?.('form[action$="/logout/"]');
  if (!form || form === leaving) return;
  event.preventDefault();
  const { mine } = await count().catch(() => ({ mine: 0 }));
  leaving = form;
  if (!mine || !dialog) return form.requestSubmit();
  dialog.querySelector("[data-waiting-count]").textContent = rowsWord(mine);
  leaving = null;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = async () => {
    if (dialog.returnValue !== "destroy") return;
    await destroy();
    leaving = form;
    form.requestSubmit();
  };
}

if (person) {
  document.addEventListener("submit", guard, true);
  document.addEventListener("ek:row-saved", () => paint());
  look().catch(() => {});
}
