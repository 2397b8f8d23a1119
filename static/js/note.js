// Two windows wrote in one note: the page shows both, and each heading keeps mine, takes the other, or both. Nothing is sent
// before “Save what stands here now” (autosave.js).
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (!button) return;
  const place = button.closest(".ek-differs");
  const [mine, theirs] = ["mine", "theirs"].map((name) => place.querySelector(`[data-version="${name}"]`).value);
  const field = document.getElementById(button.dataset.field);
  field.value = { mine, theirs, both: `${mine}\n\n${theirs}` }[button.dataset.take];
  for (const other of place.querySelectorAll("[data-take]")) other.setAttribute("aria-pressed", String(other === button));
});
