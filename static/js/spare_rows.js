// <div data-spare-rows> with more rows than most people need: those that are filled are seen, and one empty one behind them.
const filled = (row) => [...row.querySelectorAll("input")].some((input) => input.value !== "");

function show(rows) {
  const all = [...rows.children];
  const last = all.findLastIndex(filled);
  all.forEach((row, index) => { row.hidden = index > last + 1; });
}

for (const rows of document.querySelectorAll("[data-spare-rows]")) {
  show(rows);
  rows.addEventListener("input", () => show(rows));
}
