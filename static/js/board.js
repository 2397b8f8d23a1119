// The day board: arrows move between cards, the page opens at now, and it refreshes itself every half minute,
// never while a card has the focus, so that neither place nor focus is lost.
const REFRESH = 30_000;

const cards = () => [...document.querySelectorAll("[data-card]")];

function nearest(from, direction) {
  const column = Number(from.dataset.col);
  const row = Number(from.dataset.row);
  const fits = {
    ArrowUp: (c, r) => c === column && r < row,
    ArrowDown: (c, r) => c === column && r > row,
    ArrowLeft: (c) => c < column,
    ArrowRight: (c) => c > column,
  }[direction];
  const distance = (card) =>
    Math.abs(Number(card.dataset.col) - column) * 1000 + Math.abs(Number(card.dataset.row) - row);
  return cards()
    .filter((card) => fits(Number(card.dataset.col), Number(card.dataset.row)))
    .sort((a, b) => distance(a) - distance(b))[0];
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card || !event.key.startsWith("Arrow")) return;
  const next = nearest(card, event.key);
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

function showNow() {
  const now = document.querySelector("[data-board-now]");
  const wrap = now?.closest(".ek-board-wrap");
  if (wrap) wrap.scrollTop = Math.max(0, now.offsetTop - wrap.clientHeight / 3);
}

const board = document.querySelector("[data-board]");
if (board) {
  showNow();
  let top = 0;
  board.addEventListener("htmx:beforeSwap", () => {
    top = board.querySelector(".ek-board-wrap")?.scrollTop ?? 0;
  });
  board.addEventListener("htmx:afterSwap", () => {
    const wrap = board.querySelector(".ek-board-wrap");
    if (wrap) wrap.scrollTop = top;
  });
  setInterval(() => {
    if (!board.contains(document.activeElement) && !document.hidden) board.dispatchEvent(new Event("board-refresh"));
  }, REFRESH);
}
