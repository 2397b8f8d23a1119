// One place for the CSRF token. Signing in again changes it, and then every form of the page learns the new one.
const meta = document.querySelector('meta[name="csrf-token"]');
const fromCookie = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];

export const token = () => meta?.content || fromCookie() || "";

/** After a sign-in in another tab: the cookie is new, the page's fields are not. */
export function renew() {
  const fresh = fromCookie();
  if (!fresh || !meta) return;
  meta.content = fresh;
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = fresh;
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});
