// The nurses' station: chairs are drawn anew when something changed, their clocks run by themselves, and a page that has
// lost the server says so instead of looking calm.
import "./countdown.js";
import { watch } from "./parts.js";
import { now, wall } from "./wallclock.js";

const POLL = 4;
const station = document.querySelector("[data-station]");
const word = document.querySelector("[data-reach]");

function reached({ detail }) {
  if (detail) { word.textContent = ""; return; }
  word.textContent ||= `· not reached since ${wall(now())}: what you see may be old`;
}

if (station) {
  navigator.serviceWorker?.register("/worker.js").catch(() => {}); // shows one plain page when the network is gone
  document.addEventListener("ek:reached", reached);
  watch(station.dataset.station, POLL);
}
