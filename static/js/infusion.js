// Beside the chair: Enter walks on and saves the row; rows, events, answers and steps of the pump go out through rows.js,
// which keeps them until the server has them. This module fills forms, shows what waits, and gives back what was refused.
import "./countdown.js";
import { apply, watch } from "./parts.js";
import { again, drawsFor, drop, isSending, isStuck, keep, refused, resend, waiting } from "./rows.js";
import { follow } from "./steps.js";
import { show } from "./toast.js";
import { now, wall } from "./wallclock.js";

const POLL = 4;
const chair = document.querySelector("[data-chair]");
const form = document.querySelector("[data-now]");
const unreached = document.getElementById("chair-unreached");
let look = () => {};
const SIGNS = { heart_rate: "heart_rate", spo2: "spo2", breathing: "respiratory_rate", sedation: "moaas", distress: "distress", dissociation: "cadss6" };

function settle() {
  const takes = document.getElementById("chair-due")?.dataset.takes === "yes";
  if (form) form.hidden = !takes;
  paint();
}

// The NOW column

const numbers = () => [...form.querySelectorAll("input[inputmode=numeric]")];

function walk(event) {
  if (event.key !== "Enter" || !event.target.matches("[data-now] .ek-vin input")) return;
  const fields = numbers().filter((field) => field.offsetParent);
  const next = fields[fields.indexOf(event.target) + 1];
  event.preventDefault();
  if (next && fields.indexOf(event.target) !== 5) next.focus();
  else form.requestSubmit();
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

// What is sent

const pressureOf = (values) => (values.systolic ? `${values.systolic}/${values.diastolic || "–"}` : "");

function wordOf(from, values) {
  if (from.dataset.row === "vitals") return `Vitals ${pressureOf(values)}`.trim();
  return from.dataset.word || values.what || "Row";
}

function submitted(event) {
  const from = event.target.closest?.("form[data-row]");
  if (!from) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const values = Object.fromEntries(new FormData(from, event.submitter));
  delete values.csrfmiddlewaretoken;
  values.patient = chair.dataset.patient;
  if (from === form && !numbers().some((field) => field.value.trim())) { numbers()[0].focus(); return; }
  const missing = [...from.querySelectorAll("[data-needed]")].find((field) => !field.value.trim());
  if (missing) { missing.focus(); return; }
  keep({ path: new URL(from.action).pathname, values, pressed: now().toISOString(), kind: from.dataset.row, word: wordOf(from, values), chair: chair.dataset.chair });
  if (from === form) { clearForm(); numbers()[0].focus(); return; }
  from.closest("dialog")?.close();
  from.reset();
}

const at = (row) => row.values.at || wall(new Date(row.pressed));

function saved({ detail: { row, html } }) {
  if (html && row.chair === chair.dataset.chair) apply(html);
  if (!waiting().length) setTimeout(look, 100); // the chart and the list of what happened
  show(`Saved: ${row.word}, ${at(row)}.`);
}

/** A row just typed that can't be goes back into the fields, each with its sentence; any other stays in the list below. */
function gaveBack({ detail: { row, fresh } }) {
  const { fields = {} } = row.refused;
  if (!fresh || row.kind !== "vitals" || numbers().some((field) => field.value.trim())) return;
  refill(row, fields);
}

function refill(row, fields = {}) {
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = row.values[field.name] === field.value;
    else if (field.name in row.values) field.value = row.values[field.name];
  }
  if (!form.elements.at.value && !row.fresh) form.elements.at.value = at(row);
  form.querySelectorAll("details").forEach((fold) => { fold.open ||= Boolean(fold.querySelector("[aria-invalid]")); });
  for (const [name, sentence] of Object.entries(fields)) complain(name, sentence);
  (form.elements[Object.keys(fields)[0]] ?? numbers()[0]).focus();
  drop(row);
}

// What waits, and what was refused

function paint() {
  for (const old of document.querySelectorAll("[data-sheet] .is-new")) old.remove();
  const here = waiting().filter((row) => row.chair === chair.dataset.chair);
  follow(here);
  const banner = document.getElementById("unsaved");
  if (!banner) return;
  const stuck = isStuck() || waiting().length > 1;
  banner.hidden = !waiting().length || !(stuck || isSending());
  banner.querySelector("[data-unsaved-count]").textContent = `${waiting().length} row${waiting().length > 1 ? "s wait" : " waits"} on this tablet.`;
  banner.querySelector("[data-unsaved-why]").textContent = isStuck() ? "The server can’t be reached. Trying again. Keep working." : "Saving.";
  list(document.getElementById("unsaved-list"), waiting().filter((row) => row.kind !== "vitals" || row.chair !== chair.dataset.chair), plainLine);
  list(document.getElementById("refused-list"), refused(), refusedLine);
  document.getElementById("refused").hidden = !refused().length;
  for (const row of here.filter((each) => each.kind === "vitals")) column(row);
}

const make = (tag, text = "", css = "") => Object.assign(document.createElement(tag), { textContent: text, className: css });

function list(place, rows, line) {
  place?.replaceChildren(...rows.map(line));
}

const elsewhere = (row) => (row.chair === chair.dataset.chair ? "" : ", another infusion");

function plainLine(row) {
  return make("li", `${at(row)} ${row.word}${elsewhere(row)}, not saved yet`);
}

function refusedLine(row) {
  const item = make("li");
  item.append(make("b", `${at(row)} ${row.word}${elsewhere(row)}. `), make("span", row.refused.sentence));
  const buttons = make("div", "", "ek-btns mt-1");
  if (row.kind === "vitals" && row.chair === chair.dataset.chair)
    buttons.append(button("Put it into the fields", "btn btn-quiet btn-sm", () => refill(row, row.refused.fields)));
  buttons.append(button("Send again", "btn btn-quiet btn-sm", () => resend(row)));
  buttons.append(button("I have seen it, remove", "btn btn-text btn-sm", () => drop(row)));
  item.append(buttons);
  return item;
}

function button(text, css, act) {
  const made = make("button", text, css);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** A dashed column in the table for a row that is not saved yet. */
function column(row) {
  const head = document.querySelector("[data-sheet] thead tr");
  if (!head) return;
  const th = make("th", "", "is-new");
  th.scope = "col";
  th.append(document.getElementById("unsaved-mark").content.cloneNode(true), ` ${at(row)}`, make("small", "not saved yet"));
  head.children[0].after(th);
  for (const line of document.querySelectorAll("[data-sheet] tbody tr")) {
    const sign = line.dataset.sign;
    line.children[0].after(make("td", (sign === "pressure" ? pressureOf(row.values) : row.values[SIGNS[sign]]) || "–", "is-new"));
  }
}

// Without a network: what is kept and what has to wait is said, and nobody leaves the page by mistake, for it is not kept

function say(isGone) {
  if (unreached) unreached.hidden = !isGone;
}

function stay(event) {
  if (unreached && !unreached.hidden) event.preventDefault();
}

// Dialogs

function closeDialog(event) {
  const dialog = event.target.closest?.("dialog");
  const { xhr } = event.detail;
  if (!dialog || event.target.closest("[data-stay]") || !xhr?.status || xhr.status === 401) return;
  dialog.close();
  if (xhr.status < 400) dialog.querySelector("form").reset();
}

function fill(event) {
  const phrase = event.target.closest("[data-phrase]");
  if (phrase) return insert(phrase.dataset.phrase);
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(`dialog-${opener.dataset.dialog}`);
  if (!dialog) return;
  for (const [name, value] of Object.entries(opener.dataset)) {
    if (name === "fillWord") dialog.querySelector("[data-filled-word]").textContent = value;
    else if (name === "fillAction") dialog.querySelector("form").action = value;
    else if (name.startsWith("fill")) dialog.querySelector(`[name=${name.slice(4).toLowerCase()}]`).value = value;
  }
}

function insert(words) {
  const note = document.getElementById("event-note-text");
  note.value = note.value.trim() ? `${note.value.trimEnd()} ${words}` : words;
  note.focus();
}

if (chair && form) {
  navigator.serviceWorker?.register("/worker.js").catch(() => {}); // shows one plain page when the network is gone
  drawsFor(chair.dataset.chair);
  document.addEventListener("keydown", walk);
  document.addEventListener("submit", submitted, true);
  document.addEventListener("click", fill, true);
  document.addEventListener("htmx:afterRequest", closeDialog);
  document.addEventListener("htmx:oobAfterSwap", settle);
  document.addEventListener("ek:parts", settle);
  document.addEventListener("ek:rows", paint);
  document.addEventListener("ek:unreachable", () => say(true));
  window.addEventListener("beforeunload", stay);
  document.addEventListener("ek:row-saved", saved);
  document.addEventListener("ek:row-refused", gaveBack);
  document.addEventListener("ek:reached", ({ detail }) => { if (detail) say(false); if (detail && waiting().length) again(); });
  look = watch(chair.dataset.parts, POLL, () => isSending() || Boolean(document.querySelector("dialog[open]")));
  settle();
}
