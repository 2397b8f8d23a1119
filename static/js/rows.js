// Rows on their way to the server, one after the other, each with a key of its own: a row that was sent twice is one row.
// What the network or a lapsed session holds up waits here and, sealed, in the browser (store.js); it goes out in the same
// order as soon as it can. What the server refuses, or breaks at three times, holds up nothing behind it and is never
// dropped: it stays until the person sends it again or has looked at it.
//
//   keep(row)           row = {path, values, pressed: ISO, kind, word, chair}
//   document events     ek:rows (something changed) · ek:row-saved {row, html} · ek:row-refused {row, fresh}
import { renew, token } from "./csrf.js";
import { isLocked, lock } from "./lock.js";
import * as store from "./store.js";

const RETRY = 5000;
const PATIENCE = 15_000;
const MOST_BROKEN = 3;
const rows = [];
const state = { sending: false, failed: false, chair: "" };

export const waiting = () => rows.filter((row) => !row.refused);
export const refused = () => rows.filter((row) => row.refused);
export const isStuck = () => state.failed;
export const isSending = () => state.sending;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** The page beside a chair draws what comes back for that chair; every other answer may be short. */
export function drawsFor(chair) {
  state.chair = chair;
  store.ready(); // the first row may be typed with the network gone already: the key to seal it has to be here by then
}

export function keep(row) {
  row.key = crypto.randomUUID();
  row.fresh = true;
  row.kept = store.add(plain(row)).then((number) => { row.number = number; }).catch(() => {});
  rows.push(row);
  tell("ek:rows");
  flush();
}

const plain = ({ key, path, values, pressed, kind, word, chair, refused: why }) => ({ key, path, values, pressed, kind, word, chair, refused: why });

export async function flush() {
  const row = waiting()[0];
  if (state.sending || !row || isLocked()) return;
  state.sending = true;
  tell("ek:rows");
  try {
    await take(row, await send(row));
  } catch {
    state.failed = true;
  } finally {
    state.sending = false;
    tell("ek:rows");
  }
  if (waiting().length && !state.failed) flush();
}

function send(row) {
  const headers = { "X-CSRFToken": token(), "HX-Request": "true", "X-Row": "1", "X-Evenkeel-User": store.person };
  if (row.chair !== state.chair || waiting().length > 1) headers["X-Brief"] = "1";
  const body = new URLSearchParams({ ...row.values, client_key: row.key, pressed_at: row.pressed });
  return fetch(row.path, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
}

async function take(row, answer) {
  if (answer.status === 401 || answer.type === "opaqueredirect") return lock(again);
  if (comesLater(row, answer.status)) { state.failed = true; return; }
  if (answer.status === 403 && !row.renewed) { row.renewed = true; renew(); return; }
  state.failed = false;
  if (answer.ok) {
    const html = answer.status === 204 ? "" : await answer.text();
    await drop(row);
    return tell("ek:row-saved", { row, html });
  }
  row.refused = await sentence(answer);
  await row.kept;
  if (row.number) await store.change(row.number, plain(row)).catch(() => {});
  tell("ek:row-refused", { row, fresh: row.fresh });
}

/** Is it worth trying again by itself? A 500 is the server's own fault at this very row: a third one is the last. */
function comesLater(row, status) {
  if (status !== 500) return status > 500 || [408, 429].includes(status);
  row.broken = (row.broken ?? 0) + 1;
  if (row.broken < MOST_BROKEN) return true;
  row.fresh = false; // it may have been written all the same: only with its own key is it still one row
  return false;
}

async function sentence(answer) {
  const known = { 500: "The server broke at this three times. Send it again in a minute.", 403: "Your role here does not include this.", 404: "What this belongs to is not here any more." };
  if (known[answer.status]) return { sentence: known[answer.status], fields: {} };
  return answer.json().catch(() => ({ sentence: "The server did not take this.", fields: {} }));
}

/** Forget a row: it is saved, or the person threw it away. */
export async function drop(row) {
  const at = rows.indexOf(row);
  if (at >= 0) rows.splice(at, 1);
  await row.kept;
  if (row.number) await store.remove(row.number).catch(() => {});
  tell("ek:rows");
}

/** Send what was refused once more, in its old place among the rows and with its own key. */
export async function resend(row) {
  Object.assign(row, { refused: undefined, broken: 0, renewed: false, fresh: false });
  tell("ek:rows");
  if (row.number) await store.change(row.number, plain(row)).catch(() => {});
  again();
}

export function again() {
  state.failed = false;
  flush();
}

/** What waited here from before: it comes first, in its own order. */
export async function wake() {
  const kept = await store.all().catch(() => []);
  const known = new Set(rows.map((row) => row.key));
  const old = kept.filter(({ entry }) => !known.has(entry.key));
  rows.unshift(...old.map(({ entry, number }) => ({ ...entry, number, kept: Promise.resolve() })));
  tell("ek:rows");
  flush();
}

window.addEventListener("online", again);
window.addEventListener("ek:unlocked", again);
window.addEventListener("beforeunload", (event) => {
  if (rows.some((row) => !row.number)) event.preventDefault();
});
setInterval(() => { if (waiting().length) again(); }, RETRY);
