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

// What htmx could not do is said, unless it was a poll in the background.
const SENTENCES = { 403: "Your role here does not include this.", 404: "This is not here any more. Reload the page." };
const isPoll = (event) => event.detail.requestConfig?.headers["X-Background"];

document.addEventListener("htmx:responseError", (event) => {
  if (isPoll(event) || event.detail.xhr.status === 401) return;
  show(SENTENCES[event.detail.xhr.status] ?? "Something broke on our side. Nothing was saved; try again.");
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isPoll(event)) show("The server can’t be reached. Nothing was sent, and what you typed is still here.");
});

export { show };
