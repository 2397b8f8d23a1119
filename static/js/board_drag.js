// Moving a card by hand: it snaps to rows of five minutes and to rooms; where it is dropped, the server is asked what
// would follow (journey:today-move), and nothing happens before that is answered with yes. With a finger one holds the
// card for a moment first, so that the board can still be scrolled. From the keyboard the panel's form does the same.
import { CARD, grid, hour, moment, place, spans } from "./board_grid.js";

const STARTS_AT = 6; // pixels
const HOLD = 350; // milliseconds
const EDGE = 48;
let drag = null;

export const isDragging = () => Boolean(drag?.ghost);

/** The room column and the row under the pointer, or null outside the rooms. */
function under(x, y) {
  const rooms = [...grid().querySelectorAll("[data-room]")];
  const room = rooms.find((head) => {
    const box = head.getBoundingClientRect();
    return x >= box.left && x < box.right;
  });
  if (!room) return null;
  const box = grid().getBoundingClientRect();
  const head = room.getBoundingClientRect().height;
  const height = (box.height - head) / Number(grid().dataset.rows);
  const row = Math.round((y - drag.grip - box.top - head) / height) + 2;
  const lastRow = Number(grid().dataset.rows) + 2 - drag.rows;
  return { room, row: Math.max(2, Math.min(row, lastRow)) };
}

function lift() {
  drag.ghost = document.createElement("div");
  drag.ghost.setAttribute("aria-hidden", "true");
  grid().append(drag.ghost);
  drag.card.classList.add("is-lifted");
  document.body.classList.add("is-dragging");
}

function show(x, y) {
  const spot = under(x, y);
  drag.spot = spot;
  drag.ghost.hidden = !spot;
  if (!spot) return;
  const { room, row } = spot;
  const { column, columns } = place(room);
  drag.ghost.className = `ek-drop bc-${column} bw-${columns} bs-${row} bl-${drag.rows}`;
  drag.ghost.textContent = `${hour(moment(row))} ${room.querySelector("b").textContent}`;
}

function follow(wrap, y) {
  const box = wrap.getBoundingClientRect();
  if (y < box.top + EDGE) wrap.scrollTop -= 14;
  if (y > box.bottom - EDGE) wrap.scrollTop += 14;
}

function end() {
  clearTimeout(drag.timer);
  drag.ghost?.remove();
  drag.card.classList.remove("is-lifted");
  document.body.classList.remove("is-dragging");
  drag = null;
}

function drop() {
  const { spot, card, home } = drag;
  end();
  swallowClick();
  if (!spot || (spot.row === home.row && spans(spot.room, home.column))) return;
  card.focus();
  window.htmx.ajax("GET", `${card.href}move/`, {
    source: "#move-dialog",
    target: "#move-dialog",
    values: { starts: moment(spot.row).toISOString(), room: spot.room.dataset.room, version: card.dataset.version },
  });
}

/** The click that follows a drop is none. */
function swallowClick() {
  const stop = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 60);
}

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-move]");
  if (!card || event.button !== 0 || drag) return;
  const { column, row, rows } = place(card);
  drag = {
    card,
    touch: event.pointerType !== "mouse",
    x: event.clientX,
    y: event.clientY,
    grip: event.clientY - card.getBoundingClientRect().top,
    rows,
    home: { row, column },
  };
  if (drag.touch) drag.timer = setTimeout(() => { lift(); show(drag.x, drag.y); }, HOLD);
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > STARTS_AT;
  if (!drag.ghost) {
    if (!far) return;
    if (drag.touch) return end(); // a finger that moves at once scrolls
    lift();
  }
  follow(drag.card.closest(".ek-board-wrap"), event.clientY);
  show(event.clientX, event.clientY);
});

document.addEventListener("pointerup", () => {
  if (drag?.ghost) drop();
  else if (drag) end();
});
document.addEventListener("pointercancel", () => drag && end());
document.addEventListener("touchmove", (event) => { if (isDragging()) event.preventDefault(); }, { passive: false });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.(CARD)) event.preventDefault(); });
document.addEventListener("contextmenu", (event) => { if (drag?.touch) event.preventDefault(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isDragging()) return;
  event.preventDefault();
  end();
});
