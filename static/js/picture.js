// The marks of a picture as one stop of the Tab key: arrow keys go from mark to mark in the order of time. The one that is
// pointed at, or else has the focus, says its sentence.
for (const picture of document.querySelectorAll("[data-picture]")) {
  const marks = [...picture.querySelectorAll(".mark")].sort((one, other) => one.dataset.x - other.dataset.x);
  for (const mark of marks) mark.setAttribute("tabindex", mark === marks[0] ? "0" : "-1");
  picture.addEventListener("keydown", (event) => {
    const here = marks.indexOf(document.activeElement);
    const places = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: marks.length - 1 };
    const next = here < 0 ? undefined : marks[places[event.key]];
    if (!next) return;
    event.preventDefault();
    marks[here].setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
  const say = () => {
    const mark = picture.querySelector(".mark:hover") ?? picture.querySelector(".mark:focus");
    picture.querySelector("[data-say]").textContent = mark?.getAttribute("aria-label") ?? "";
  };
  for (const name of ["pointerover", "pointerout", "pointerleave", "focusin", "focusout"]) picture.addEventListener(name, say);
}
