// Loaded in <head>, not deferred: without a chosen theme the page follows the system before it is first painted.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (root.hasAttribute("data-theme-auto")) root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
  window.addEventListener("ek:theme", follow);
})();
