// One place for the CSRF token. Signing in again changes it, and then every form of the page learns the new one.
const meta = document.querySelector('meta[name="csrf-token"]');

export const token = () => meta?.content ?? "";

export function renew(fresh) {
  if (!fresh || !meta) return;
  meta.content = fresh;
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = fresh;
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});
