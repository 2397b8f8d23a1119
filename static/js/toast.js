// Toasts: closed by hand, never by a clock while they offer an undo. The server may ask for one with the header
// HX-Trigger: {"toast": "Saved, 13:42."}.
const place = document.getElementById("toasts");
const SECONDS = 8;

function show(text) {
  const toast = document.createElement("div");
  toast.className = "ek-toast";
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  place?.append(toast);
  setTimeout(() => toast.remove(), SECONDS * 1000);
}

document.addEventListener("toast", (event) => show(event.detail?.value ?? event.detail));
document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();
});

export { show };
