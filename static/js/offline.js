// The page that stands in for another while the server can't be reached: it says what waits here, and goes back by itself.
import { count } from "./store.js";

const EVERY = 3000;
const words = document.querySelector("[data-offline-rows]");

async function tell() {
  const { mine, others } = await count();
  const rows = mine + others;
  if (rows) words.textContent = `${rows} row${rows === 1 ? "" : "s"} that did not reach the server ${rows === 1 ? "is" : "are"} kept on this tablet, sealed until you are back.`;
}

async function look() {
  try {
    const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    if (answer.ok) location.reload();
  } catch { /* asked again soon */ }
}

tell().catch(() => {});
window.addEventListener("online", look);
setInterval(look, EVERY);
