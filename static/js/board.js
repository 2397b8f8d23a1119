// The day board: one tab stop, arrows between cards, keys for the page, and a refresh in place every half minute that
// keeps focus, scroll, an open panel and an open menu.
import { Idiomorph } from "../vendor/idiomorph/idiomorph.esm.js";
import { isDragging } from "./board_drag.js";
import { CARD, identify, place } from "./board_grid.js";

const REFRESH = 30_000;
const OURS = ["tabindex", "aria-current"]; // what this script says of a card, and the server does not
const board = document.querySelector("[data-board]");
const cards = () => [...board.querySelectorAll(CARD)];
const isTyping = (element) => element?.closest?.("input, textarea, select, [contenteditable]");

// Refresh

window.htmx.defineExtension("board", {
  handleSwap(style, target, fragment) {
    if (style !== "board") return false;
    identify(fragment);
    return Idiomorph.morph(target, fragment.childNodes, {
      morphStyle: "innerHTML",
      callbacks: {
        beforeAttributeUpdated: (name, node) => !(node.matches(CARD) && OURS.includes(name)),
      },
    });
  },
});

let last = new Date();
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function refresh() {
  if (!document.hidden && !isDragging()) window.htmx.trigger(document.body, "board-refresh");
}

function tell(isFresh) {
  const note = document.querySelector("[data-board-stale]");
  if (isFresh) last = new Date();
  note.querySelector("[data-board-since]").textContent = hour.format(last);
  note.hidden = isFresh;
}

board.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt === board) tell(event.detail.successful);
});
board.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== board) return;
  const now = board.querySelector("[data-board-now] time, [data-board-now] b")?.textContent;
  const clock = document.querySelector("[data-board-clock] time");
  if (now && clock?.firstChild) clock.firstChild.data = clock.firstChild.data.replace(/^\d\d:\d\d/, now);
  oneStop();
  markOpen();
});
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, REFRESH);

// One tab stop: the card one was at, else the first that is not over

function oneStop(chosen = board.querySelector(`${CARD}[tabindex="0"]`)) {
  const all = cards();
  const stop = chosen ?? all.find((card) => !card.matches(".is-done, .is-missed")) ?? all[0];
  for (const card of all) card.tabIndex = card === stop ? 0 : -1;
}

board.addEventListener("focusin", (event) => {
  const card = event.target.closest(CARD);
  if (card) oneStop(card);
});

// The open panel

function markOpen() {
  const head = document.querySelector("#panel [data-visit]");
  const open = head && document.getElementById(`visit-${head.dataset.visit}`);
  for (const card of board.querySelectorAll("[aria-current]"))
    if (card.matches(CARD) && card !== open) card.removeAttribute("aria-current");
  open?.setAttribute("aria-current", "true");
  const old = document.querySelector("[data-panel-old]");
  if (old && open?.dataset.version) old.hidden = open.dataset.version === head.dataset.version;
}

document.addEventListener("htmx:afterSettle", markOpen);
document.addEventListener("ek:panel-closed", markOpen);

// A move asks in a dialog; once it is made, the panel shows the visit where it is now, with its undo

const dialog = document.getElementById("move-dialog");
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== dialog) return;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
});
document.body.addEventListener("board-moved", ({ detail }) => {
  dialog.close();
  const card = document.getElementById(`visit-${detail.visit}`);
  if (card) window.htmx.trigger(card, "click");
  else if (document.querySelector("#panel [data-visit]")) window.htmx.ajax("GET", detail.panel, { source: "#panel", target: "#panel" });
});

// Keys

const beside = {
  ArrowUp: (c, r, column, row) => c === column && r < row,
  ArrowDown: (c, r, column, row) => c === column && r > row,
  ArrowLeft: (c, r, column) => c < column,
  ArrowRight: (c, r, column) => c > column,
};

function goal(card, key) {
  const at = (other) => [place(other).column, place(other).row];
  const [column, row] = at(card);
  if (key === "Home" || key === "End") {
    const same = cards().filter((other) => at(other)[0] === column).sort((a, b) => at(a)[1] - at(b)[1]);
    return key === "Home" ? same[0] : same.at(-1);
  }
  const far = (other) => Math.abs(at(other)[0] - column) * 1000 + Math.abs(at(other)[1] - row);
  return cards().filter((other) => beside[key](...at(other), column, row)).sort((a, b) => far(a) - far(b))[0];
}

/** Whether the key did something. */
function press(key, card) {
  if (card && (key in beside || key === "Home" || key === "End")) {
    goal(card, key)?.focus();
    return true;
  }
  if (key === "m" && card && "move" in card.dataset) {
    openMove(card);
    return true;
  }
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button?.click();
  return Boolean(button);
}

/** The panel, with its form for moving open. */
function openMove(card) {
  const unfold = (event) => {
    const move = document.getElementById("panel-move");
    if (event.detail.target.id !== "panel" || !move) return;
    document.removeEventListener("htmx:afterSettle", unfold);
    move.open = true;
    move.querySelector("input[type=date]").focus();
  };
  document.addEventListener("htmx:afterSettle", unfold);
  window.htmx.trigger(card, "click");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (press(event.key, event.target.closest?.(CARD))) event.preventDefault();
});

function showNow() {
  const now = board.querySelector("[data-board-now]");
  const wrap = now?.closest(".ek-board-wrap");
  if (wrap) wrap.scrollTop = Math.max(0, now.offsetTop - wrap.clientHeight / 3);
}

identify(board);
showNow();
oneStop();
markOpen();
