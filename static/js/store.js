// What has not reached the server yet, kept in this browser so that a reload, a crash or a lapsed session loses nothing.
// Each entry is sealed with AES-GCM before it is written. The key comes from the server, only to the person who is signed
// in, and stays in this module's memory, not to be read out: without signing in again nobody opens what lies here. The one
// thing in the open is whose it is (an id), so that it can be counted and thrown away. This is the only module of the
// house that writes to the browser's storage.
const NAME = "evenkeel-waiting";
const RETRY = 5000;
const text = new TextEncoder();
export const person = document.body.dataset.user ?? "";

let keys = null;
let wanted = null;
let opened = null;

function database() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("entries", { autoIncrement: true }).createIndex("owner", "owner");
  return done(request);
}

const done = (request) => new Promise((answer, failed) => {
  request.onsuccess = () => answer(request.result);
  request.onerror = () => failed(request.error);
});

async function entries(mode) {
  opened ??= database();
  return (await opened).transaction("entries", mode).objectStore("entries");
}

const fromBase64 = (value) => Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));

async function fetchKeys() {
  const answer = await fetch(document.body.dataset.keep, { headers: { "X-Background": "1" }, redirect: "manual", cache: "no-store" });
  if (!answer.ok) throw new Error(`no key: ${answer.status}`);
  const told = await answer.json();
  if (told.user !== person) throw new Error("somebody else is signed in");
  return Promise.all(told.keys.map((key) => crypto.subtle.importKey("raw", fromBase64(key), "AES-GCM", false, ["encrypt", "decrypt"])));
}

/** The keys, asked for until they are there: a page that was opened just as the network went gets them when it is back. */
export function ready() {
  wanted ??= (async () => {
    for (;;) {
      try { keys = await fetchKeys(); return keys; } catch { await new Promise((later) => setTimeout(later, RETRY)); }
    }
  })();
  return wanted;
}

async function seal(entry) {
  const [key] = await ready();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(person) }, key, text.encode(JSON.stringify(entry)));
  return { owner: person, iv, box };
}

async function open({ iv, box }) {
  for (const key of await ready()) {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: text.encode(person) }, key, box);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch { /* sealed with another key of the ring */ }
  }
  return null;
}

/** Seal and keep an entry; answers the number under which it lies. */
export async function add(entry) {
  const sealed = await seal(entry);
  return done((await entries("readwrite")).add(sealed));
}

export async function change(number, entry) {
  const sealed = await seal(entry);
  return done((await entries("readwrite")).put(sealed, number));
}

export const remove = async (number) => done((await entries("readwrite")).delete(number));

/** The signed-in person's own entries, oldest first, each with its number. */
export async function all() {
  const mine = (await entries("readonly")).index("owner");
  const [numbers, sealed] = await Promise.all([done(mine.getAllKeys(person)), done(mine.getAll(person))]);
  const read = await Promise.all(sealed.map(open));
  return read.map((entry, at) => ({ entry, number: numbers[at] })).filter(({ entry }) => entry);
}

/** How many entries wait here, of this person and of others; asks for no key. */
export async function count() {
  const owner = (await entries("readonly")).index("owner");
  const [mine, every] = await Promise.all([done(owner.count(person)), done(owner.count())]);
  return { mine, others: every - mine };
}

/** Of the others whose entries wait here, those whose accounts have ended: nobody can open or send these any more. */
export async function ended() {
  const every = await done((await entries("readonly")).getAll());
  const others = new Set(every.map(({ owner }) => owner).filter((owner) => owner !== person));
  if (!others.size) return [];
  const address = `${document.body.dataset.keep}?owners=${[...others].join()}`;
  const answer = await fetch(address, { headers: { "X-Background": "1" }, redirect: "manual", cache: "no-store" });
  return answer.ok ? (await answer.json()).gone : [];
}

/** Throw away everything of this person, or of another whose account has ended. */
export async function destroy(owner = person) {
  const theirs = await done((await entries("readonly")).index("owner").getAllKeys(owner));
  const place = await entries("readwrite");
  await Promise.all(theirs.map((number) => done(place.delete(number))));
}
