// Beside the chair: Enter walks on and saves the row, the countdown runs, and a row that could not be saved stays on this
// page, marked, and is sent again with the same key until the server has it. What waits is kept in memory alone.
import { token } from "./csrf.js";
import { lock } from "./lock.js";
import { show } from "./toast.js";

const RETRY = 8;
const POLL = 15;
const SOON = 120;
const chair = document.querySelector("[data-chair]");
const form = document.querySelector("[data-now]");
const opened = performance.now();
const waiting = [];
let sending = false;
let failedAt = 0;
let countdown = null;

// Parts of the page

const isTouched = (part) =>
  part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
  || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

/** Put every part of an answer in the place of the one with its id; a background look spares what somebody is typing. */
function apply(html, background = false) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of page.querySelectorAll("[hx-swap-oob]")) {
    const old = document.getElementById(part.id);
    if (!old || (background && isTouched(old))) continue;
    part.removeAttribute("hx-swap-oob");
    keepOpen(old, part);
    old.replaceWith(part);
    window.htmx.process(part);
  }
  settle();
}

function keepOpen(old, part) {
  const before = [...old.querySelectorAll("details")];
  [...part.querySelectorAll("details")].forEach((fold, at) => {
    const label = fold.querySelector("summary")?.textContent.slice(0, 8);
    if (before[at]?.querySelector("summary")?.textContent.slice(0, 8) === label && !fold.querySelector(".is-invalid")) fold.open = before[at].open;
  });
}

function settle() {
  readDue();
  const takes = document.getElementById("chair-due")?.dataset.takes === "yes";
  if (form) form.hidden = !takes;
  paint();
}

// The countdown

function readDue() {
  const due = document.getElementById("chair-due");
  if (!due?.dataset.seconds) { countdown = null; return; }
  countdown = { at: performance.now() + Number(due.dataset.seconds) * 1000, late: Number(due.dataset.late), told: Number(due.dataset.seconds) < 0 };
  tick();
}

function tick() {
  turnClock();
  const due = document.getElementById("chair-due");
  if (!countdown || !due?.dataset.seconds) return;
  const left = Math.round((countdown.at - performance.now()) / 1000);
  const far = Math.abs(left);
  due.querySelector("[data-due-n]").textContent = `${left < 0 ? "+" : ""}${Math.floor(far / 60)}:${String(far % 60).padStart(2, "0")}`;
  due.querySelector(".arc").setAttribute("stroke-dasharray", `${left < 0 ? 100 : Math.min(100, Math.ceil(left / 6))} 100`);
  due.classList.toggle("is-soon", left >= 0 && left <= SOON);
  due.classList.toggle("is-late", left < 0);
  if (left < 0 && !countdown.told) {
    countdown.told = true;
    due.querySelector("[data-due-word]").textContent = "Vitals late, were due";
    due.querySelector("[data-due-alarm]").textContent = "Vitals are late.";
  }
}

function turnClock() {
  const clock = document.querySelector("[data-clock]");
  if (clock) clock.textContent = wall(performance.now());
}

/** The site's wall clock at a moment of this page, by the server's time: a tablet's own clock may be wrong. */
function wall(at) {
  const clock = document.querySelector("[data-clock]");
  const moment = new Date(new Date(clock.dataset.clock).getTime() + at - opened);
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone });
}

// Rows

const numbers = () => [...form.querySelectorAll("input[inputmode=numeric]")];

function walk(event) {
  if (event.key !== "Enter" || !event.target.matches("[data-now] .ek-vin input")) return;
  const fields = numbers().filter((field) => field.offsetParent);
  const next = fields[fields.indexOf(event.target) + 1];
  event.preventDefault();
  if (next && fields.indexOf(event.target) !== 5) next.focus();
  else form.requestSubmit();
}

function keepRow(event) {
  if (!event.target.matches("[data-now]")) return;
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form));
  delete values.csrfmiddlewaretoken;
  if (!numbers().some((field) => field.value.trim())) return numbers()[0].focus();
  waiting.push({ key: crypto.randomUUID(), values, pressed: performance.now() });
  clearForm();
  numbers()[0].focus();
  flush();
}

function clearForm() {
  form.reset();
  for (const field of numbers()) { field.value = ""; complain(field.name, ""); }
}

function complain(name, sentence) {
  const note = document.getElementById(`err-${name}`);
  const field = form.elements[name];
  if (!note || !field) return;
  note.textContent = sentence;
  note.hidden = !sentence;
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

async function flush() {
  if (sending || !waiting.length) return;
  sending = true;
  const slow = setTimeout(paint, 400);
  const row = waiting[0];
  try {
    const body = new URLSearchParams({ ...row.values, client_key: row.key, age_seconds: String(Math.round((performance.now() - row.pressed) / 1000)) });
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" }, redirect: "manual" });
    await take(row, answer);
  } catch {
    failedAt = Date.now();
  } finally {
    clearTimeout(slow);
    sending = false;
    paint();
  }
  if (waiting.length && !failedAt) flush();
}

async function take(row, answer) {
  if (answer.status === 401) return lock(() => { failedAt = 0; flush(); });
  if (answer.status >= 500 || answer.type === "opaqueredirect") { failedAt = Date.now(); return; }
  failedAt = 0;
  waiting.shift();
  apply(await answer.text());
  if (answer.ok) {
    return show(`Saved, ${row.values.at || wall(row.pressed)}.`);
  }
  giveBack(row);
}

/** A row that can't be: its values go back into the fields, each with its sentence. */
function giveBack(row) {
  const errors = JSON.parse(document.getElementById("chair-says")?.dataset.fields || "{}");
  if (!numbers().some((field) => field.value.trim()))
    for (const field of numbers()) field.value = row.values[field.name] ?? "";
  for (const [name, sentence] of Object.entries(errors)) complain(name, sentence);
  form.elements[Object.keys(errors)[0]]?.focus();
}

/** What waits: a dashed column for each row, and a banner that says why. */
function paint() {
  for (const old of document.querySelectorAll("[data-sheet] .is-new")) old.remove();
  const banner = document.getElementById("unsaved");
  if (!banner) return;
  banner.hidden = !(waiting.length && (failedAt || sending));
  if (!waiting.length) return;
  banner.querySelector("[data-unsaved-count]").textContent = `${waiting.length} row${waiting.length > 1 ? "s wait" : " waits"} on this tablet.`;
  banner.querySelector("[data-unsaved-why]").textContent = failedAt ? "The server can’t be reached. Trying again. Keep working." : "Saving.";
  for (const row of waiting) column(row);
}

function column({ values, pressed }) {
  const said = (name) => values[name] || "–";
  const cells = { pressure: values.systolic ? `${values.systolic}/${values.diastolic}` : "–", heart_rate: said("heart_rate"), spo2: said("spo2"), breathing: said("respiratory_rate"), sedation: said("moaas"), distress: said("distress"), dissociation: said("cadss6") };
  const head = document.querySelector("[data-sheet] thead tr");
  if (!head) return;
  const th = document.createElement("th");
  th.scope = "col";
  th.className = "is-new";
  th.append(document.getElementById("unsaved-mark").content.cloneNode(true), ` ${values.at || wall(pressed)}`);
  const note = document.createElement("small");
  note.textContent = "not saved yet";
  th.append(note);
  head.children[0].after(th);
  for (const line of document.querySelectorAll("[data-sheet] tbody tr")) {
    const td = document.createElement("td");
    td.className = "is-new";
    td.textContent = cells[line.dataset.sign] ?? "–";
    line.children[0].after(td);
  }
}

// Dialogs and looks in the background

function closeDialog(event) {
  const dialog = event.target.closest?.("dialog");
  const { xhr } = event.detail;
  if (!dialog || !xhr?.status || xhr.status === 401) return;
  dialog.close();
  if (xhr.status < 400) dialog.querySelector("form").reset();
}

function fill(event) {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(`dialog-${opener.dataset.dialog}`);
  if (!dialog) return;
  if (opener.dataset.fillLight) dialog.querySelector("[name=light]").value = opener.dataset.fillLight;
  if (opener.dataset.fillWord) dialog.querySelector("[data-filled-word]").textContent = opener.dataset.fillWord;
  const keyed = dialog.querySelector("[data-keyed] [name=client_key]");
  if (keyed) keyed.value = crypto.randomUUID();
}

async function look() {
  if (document.hidden || sending || waiting.length || document.querySelector("dialog[open]")) return;
  try {
    const answer = await fetch(chair.dataset.parts, { headers: { "HX-Request": "true", "X-Background": "1" }, redirect: "manual" });
    if (answer.ok) apply(await answer.text(), true);
  } catch { /* the next look comes soon; rows that wait say so themselves */ }
}

if (chair && form) {
  document.addEventListener("keydown", walk);
  document.addEventListener("submit", keepRow, true);
  document.addEventListener("click", fill, true);
  document.addEventListener("htmx:afterRequest", closeDialog);
  document.addEventListener("htmx:oobAfterSwap", settle);
  window.addEventListener("online", () => { failedAt = 0; flush(); });
  window.addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });
  setInterval(tick, 1000);
  setInterval(() => { if (waiting.length) { failedAt = 0; flush(); } }, RETRY * 1000);
  setInterval(look, POLL * 1000);
  settle();
}
