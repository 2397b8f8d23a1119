// The check-in list: filtered as one types, refreshed in place every half minute, focus kept through both.
import { Idiomorph } from "../vendor/idiomorph/idiomorph.esm.js";

const REFRESH = 30_000;
const list = document.querySelector("[data-arrivals]");
const filter = document.querySelector("[data-arrivals-filter]");
const count = document.querySelector("[data-arrivals-count]");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const rows = () => [...list.querySelectorAll("[data-words]")];
const shown = () => rows().filter((row) => !row.hidden);

function sift() {
  const words = plain(filter.value).split(/\s+/).filter(Boolean);
  for (const row of rows()) {
    const [, who, what] = row.cells;
    const text = plain(`${who.textContent} ${row.dataset.words} ${what.textContent}`);
    row.hidden = !words.every((word) => text.includes(word));
  }
  const none = document.getElementById("row-none");
  // Nobody is missing while some are still to come.
  if (none) none.hidden = !words.length || shown().length > 0 || list.querySelector("[data-rest]") !== null;
}

filter.addEventListener("input", () => {
  sift();
  count.textContent = filter.value ? `${shown().length} of ${rows().length} shown` : "";
});

filter.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    filter.value = "";
    filter.dispatchEvent(new Event("input"));
  } else if (event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    shown().find((row) => row.querySelector("button"))?.querySelector("button").focus();
  }
});

list.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-words]");
  if (!row || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const stops = shown().filter((one) => one.querySelector("button"));
  const next = stops[stops.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
  event.preventDefault();
  (next?.querySelector("button") ?? filter).focus();
});

// A button that was pressed is gone in the new list: its row's next one takes the focus.
let pressed = "";

window.htmx.defineExtension("arrivals", {
  handleSwap(style, target, fragment) {
    return style === "arrivals" ? Idiomorph.morph(target, fragment.childNodes, { morphStyle: "innerHTML" }) : false;
  },
});

list.addEventListener("htmx:beforeRequest", (event) => {
  pressed = event.detail.requestConfig.triggeringEvent?.submitter?.closest("[data-words]")?.id ?? "";
});
list.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") event.detail.headers["X-Background"] = "1";
});
list.addEventListener("htmx:afterSwap", () => {
  sift();
  const row = pressed && document.getElementById(pressed);
  if (row && !row.contains(document.activeElement)) (row.querySelector("button") ?? filter).focus();
  pressed = "";
});

const refresh = () => document.hidden || window.htmx.trigger(document.body, "arrivals-refresh");
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, REFRESH);
