// Patient search: "/" goes there, arrows choose, Enter opens, Esc closes. Without this file it is a plain GET form.
const form = document.querySelector("[data-search]");
const input = form?.querySelector("input[type=search]");
const list = form?.querySelector("[role=listbox]");

const isTyping = (element) => element?.closest?.("input, textarea, select, [contenteditable], dialog[open]");
const options = () => [...list.querySelectorAll("a[role=option]")];

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function close() {
  list.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function move(step) {
  const all = options();
  if (!all.length) return;
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  choose(all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
}

if (form) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter") {
      const chosen = list.querySelector('[aria-selected="true"]');
      if (!chosen) return;
      event.preventDefault();
      chosen.click();
    }
  });
  list.addEventListener("htmx:afterSwap", () => {
    if (!input.value.trim()) close();
    else input.setAttribute("aria-expanded", String(options().length > 0));
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) setTimeout(() => form.contains(document.activeElement) || close(), 150);
  });
}
