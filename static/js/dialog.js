// <button data-dialog="cancel"> opens <dialog id="dialog-cancel">; [data-dialog-close] closes it. The browser keeps the
// focus inside and gives it back to the opener.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(`dialog-${opener.dataset.dialog}`);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog").close();
});
