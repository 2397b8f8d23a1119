// The person's choice of theme lives in a cookie, so that the server draws the next page right at once.
const root = document.documentElement;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (!button) return;
  const theme = button.dataset.themeSet;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; SameSite=Lax; Max-Age=${theme ? 31536000 : 0}${secure}`;
  root.toggleAttribute("data-theme-auto", !theme);
  if (theme) root.dataset.bsTheme = theme;
  else window.dispatchEvent(new Event("ek:theme"));
  for (const other of document.querySelectorAll("[data-theme-set]"))
    other.setAttribute("aria-pressed", String(other === button));
});
