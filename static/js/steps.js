// The buttons of the pump follow what was pressed here, also while the network is gone and the server can't draw them:
// after a pause that waits the pump can be resumed, and when the bag is empty the infusion can be completed.
import { now } from "./wallclock.js";

const AFTER = { pause: "paused", resume: "in_progress", stop: "ended", complete: "ended" };

const bar = () => document.getElementById("chair-bar");

/** What a row makes of the pump; a crossed line can be answered by a pause. */
const after = (row) => AFTER["pause" in row.values ? "pause" : row.kind === "step" && row.path.split("/").at(-2)];

/** Offer what can come next after the steps of this chair that still wait. */
export function follow(rows) {
  const place = bar();
  if (!place) return;
  const last = rows.filter(after).at(-1);
  const state = last ? after(last) : place.dataset.state;
  const had = place.contains(document.activeElement);
  for (const part of place.querySelectorAll("[data-while]")) part.hidden = part.dataset.while !== state;
  if (had && !document.activeElement.offsetParent) place.querySelector("[data-while]:not([hidden]) .btn-primary:enabled")?.focus();
  say(place.querySelector(".ek-run-word"), last);
}

function say(word, last) {
  word.dataset.drawn ??= word.textContent;
  const told = { paused: "Paused", in_progress: "Resumed", ended: "Pump off" };
  word.textContent = last ? `${told[after(last)]}, not saved yet` : word.dataset.drawn;
}

function turn() {
  for (const part of bar()?.querySelectorAll("[data-from]") ?? []) part.hidden = now() < new Date(part.dataset.from);
  for (const part of bar()?.querySelectorAll("[data-until]") ?? []) part.hidden = now() >= new Date(part.dataset.until);
}

turn();
setInterval(turn, 1000);
document.addEventListener("ek:parts", turn);
