// What a patient types is kept on the server a moment later, so that a dead battery loses nothing. A door that has closed
// meanwhile, or a change on another device, is told by the page itself at the next press.
const form = document.querySelector("form[data-keep]");
const AFTER = 1500;
let waiting = 0;
let sending = null;

async function keep() {
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  try {
    const answer = await fetch(location.href, { method: "POST", body: typed, headers: { "X-Keep": "1" } });
    if (answer.ok) form.elements.version.value = (await answer.json()).version;
  } catch { /* the network is away; the next change, or the button, sends it again */ }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { sending = (sending ?? Promise.resolve()).then(keep); }, AFTER);
});

// A press that overtakes a save would send an old version: it waits for the save. And for the end of this very event,
// during which a form does not submit again.
form?.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  if (!sending) return;
  event.preventDefault();
  const { submitter } = event;
  const last = sending;
  sending = null;
  last.then(() => setTimeout(() => form.requestSubmit(submitter)));
});
