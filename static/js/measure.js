// Questionnaires at the keyboard: a digit answers the question that has the focus and goes on to the next; Enter goes on.
const form = document.querySelector("form[data-measure]");

const shown = (question) => question.offsetParent !== null;

function focusOn(question) {
  const chosen = question.querySelector("input:checked") ?? question.querySelector("input");
  chosen?.focus({ preventScroll: true });
  question.scrollIntoView({ block: "center" });
}

function answer(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
  const questions = [...form.querySelectorAll(".ek-quest")].filter(shown);
  const here = event.target.closest?.(".ek-quest");
  if (!here && event.target.matches?.("input, textarea, select")) return;
  const question = here ?? questions.find((one) => !one.querySelector("input:checked"));
  const choice = question?.querySelector(`input[value="${event.key}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  goOn(question);
}

function goOn(question) {
  const rest = [...form.querySelectorAll(".ek-quest")].filter(shown);
  const next = rest[rest.indexOf(question) + 1];
  if (next) focusOn(next);
  else form.querySelector("button.btn-primary").focus();
}

// Enter in an answered question goes on instead of sending the form; in an open one it does nothing.
function enter(event) {
  const here = event.key === "Enter" && event.target.closest?.(".ek-quest");
  if (!here || !form.contains(here)) return;
  event.preventDefault();
  if (here.matches("[data-extra]") || here.querySelector("input:checked")) goOn(here);
}

if (form) {
  document.addEventListener("keydown", answer);
  form.addEventListener("keydown", enter);
}
