// Questionnaires at the keyboard: a digit answers the question that has the focus and goes on to the next.
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
  const rest = [...form.querySelectorAll(".ek-quest")].filter(shown);
  const next = rest[rest.indexOf(question) + 1];
  if (next) focusOn(next);
  else form.querySelector("button.btn-primary").focus();
}

if (form) document.addEventListener("keydown", answer);
