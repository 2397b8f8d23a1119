// A panel beside a list: <aside id="panel">. Whatever htmx opened it has the focus again when [data-panel-close]
// (a link back to the list, also on Esc) empties it.
let opener = null;

const panel = () => document.getElementById("panel");

document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (target && target === panel() && !target.contains(event.detail.elt)) opener = event.detail.elt;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== panel()) return;
  const wrong = panel().querySelector("[data-focus]"); // what has to be mended, however far down it stands
  if (wrong) {
    wrong.focus();
    wrong.scrollIntoView({ block: "nearest" });
    return;
  }
  if (panel().contains(document.activeElement)) return;
  panel().querySelector("h2, [data-panel-start]")?.focus?.();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  panel()?.querySelector("[data-panel-close]")?.click();
});

document.addEventListener("click", (event) => {
  const closer = event.target.closest?.("[data-panel-close]");
  if (!closer || !panel()?.contains(closer) || event.ctrlKey || event.metaKey) return;
  if (!opener?.isConnected) return; // opened by its address: follow the link
  event.preventDefault();
  panel().replaceChildren();
  document.dispatchEvent(new CustomEvent("ek:panel-closed"));
  if (closer.href) history.pushState(null, "", closer.href);
  opener.focus();
  opener = null;
});
