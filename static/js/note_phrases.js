// The therapist's own phrases: “/” at the beginning of a word opens them, or the button of a heading; the one that is chosen
// is written where the cursor stands.
const dialog = document.getElementById("dialog-phrases");
const find = document.getElementById("phrase-find");
let place = null;
let stroke = "";
let cursor = [0, 0];

const atWord = (field) => /(^|\s)$/.test(field.value.slice(0, field.selectionStart));
const shown = () => [...dialog.querySelectorAll("[data-phrase]")].filter((button) => !button.closest("li").hidden);

function open(event) {
  const field = event.target;
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !field.matches?.(".ek-write-in") || !atWord(field)) return;
  event.preventDefault();
  show(field, "/");
}

function show(field, typed) {
  [place, stroke, cursor] = [field, typed, [field.selectionStart, field.selectionEnd]];
  find.value = "";
  look();
  dialog.showModal();
  find.focus();
}

function look() {
  const wanted = find.value.toLowerCase();
  for (const button of dialog.querySelectorAll("[data-phrase]"))
    button.closest("li").hidden = !button.textContent.toLowerCase().includes(wanted);
}

function write(text) {
  const field = place;
  place = null;
  dialog.close();
  field.focus();
  if (!text) return;
  field.setRangeText(text, ...cursor, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

if (dialog) {
  document.addEventListener("keydown", open);
  find.addEventListener("input", look);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = shown();
    if (first && place) write(first.dataset.phrase);
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-phrases-for]");
    if (opener) show(document.getElementById(opener.dataset.phrasesFor), "");
  });
  dialog.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]");
    if (phrase && place) write(phrase.dataset.phrase);
  });
  // Esc and “Close” mean the stroke itself.
  dialog.addEventListener("close", () => { if (place) write(stroke); });
}
