// The clock of the next set of vitals: [data-due] holds the seconds at the moment it was drawn and counts on by itself.
// Calm, amber two minutes before, red when it is late; said once, aloud, when it becomes late.
const SOON = 120;
const begun = new WeakMap();

function left(due) {
  const started = begun.get(due) ?? { at: performance.now(), seconds: Number(due.dataset.seconds), told: Number(due.dataset.seconds) < 0 };
  begun.set(due, started);
  return { started, seconds: Math.round(started.seconds - (performance.now() - started.at) / 1000) };
}

const clock = (seconds) => {
  const far = Math.abs(seconds);
  return `${seconds < 0 ? "+" : ""}${Math.floor(far / 60)}:${String(far % 60).padStart(2, "0")}`;
};

/** A tablet that has locked itself still tells when the next set is due; it names nobody. */
function onTheCover(due, seconds) {
  const cover = document.querySelector("[data-lock-due]");
  if (!cover || due.id !== "chair-due") return;
  cover.hidden = false;
  cover.textContent = seconds < 0 ? `Vitals are late: ${clock(seconds)}` : `Vitals due in ${clock(seconds)}`;
  cover.classList.toggle("ek-stop", seconds < 0);
}

function turn(due) {
  const { started, seconds } = left(due);
  due.querySelector("[data-due-n]").textContent = clock(seconds);
  due.querySelector(".arc")?.setAttribute("stroke-dasharray", `${seconds < 0 ? 100 : Math.min(100, Math.ceil(seconds / 6))} 100`);
  due.classList.toggle("is-soon", seconds >= 0 && seconds <= SOON);
  due.classList.toggle("is-late", seconds < 0);
  onTheCover(due, seconds);
  if (seconds >= 0 || started.told) return;
  started.told = true;
  due.querySelector("[data-due-word]").textContent = "Vitals late, were due";
  due.querySelector("[data-due-alarm]").textContent = due.dataset.alarm ?? "Vitals are late.";
}

/** A part that takes the place of another may have the same seconds, but it begins anew. */
export function tick() {
  for (const due of document.querySelectorAll("[data-due][data-seconds]")) turn(due);
}

tick();
setInterval(tick, 1000);
document.addEventListener("ek:parts", tick);
