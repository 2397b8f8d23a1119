// Where things stand on the board. The stylesheet knows it by the classes of each card; a full day has too many of them
// to say it a second time.
const STEP = 5 * 60_000;
const HEAD_ROWS = 1;

export const CARD = ".ek-visit[data-version]";
export const grid = () => document.getElementById("board");

/** Column, row and rows of a card, a head or a stretch of a lane. */
export function place(element) {
  const { gridColumnStart, gridColumnEnd, gridRowStart, gridRowEnd } = getComputedStyle(element);
  const span = (end) => Number(end.replace("span ", "")) || 1;
  return {
    column: Number(gridColumnStart),
    columns: span(gridColumnEnd),
    row: Number(gridRowStart),
    rows: span(gridRowEnd),
  };
}

/** Whether a head stands over that column. */
export function spans(head, wanted) {
  const { column, columns } = place(head);
  return column <= wanted && wanted < column + columns;
}

/** The moment at which a row begins. */
export const moment = (row) => new Date(Date.parse(grid().dataset.opens) + (row - 1 - HEAD_ROWS) * STEP);

/** What the clock of the site shows then. */
export function hour(when) {
  const zone = grid().dataset.zone;
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(when);
}

/** Gives each card, and each name of the list, the id of its visit, by which a refresh knows it again. */
export function identify(root) {
  for (const link of root.querySelectorAll("a[data-version]")) link.id = `visit-${link.getAttribute("href").split("/").at(-2)}`;
}

/** Whose time a stretch of a lane is, with whom and until when: said when somebody points at it. */
function explain({ target }) {
  if (!target.matches?.("#board > i:not([title])")) return;
  const { column, row, rows } = place(target);
  const whose = [...grid().querySelectorAll("[data-person]")].find((head) => spans(head, column));
  let card = target;
  while (!card.matches(CARD)) card = card.previousElementSibling;
  const name = card.querySelector("b").textContent;
  target.title = `${whose.dataset.person}: ${name}, ${hour(moment(row))} to ${hour(moment(row + rows))}`;
}

document.addEventListener("pointerover", explain);
