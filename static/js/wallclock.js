// The server's clock as this page knows it: a tablet's own clock may be wrong, so it only measures how much time went by.
const place = document.querySelector("[data-clock]");
const base = place ? new Date(place.dataset.clock).getTime() : Date.now();
const opened = { steady: performance.now(), wall: Date.now() };

/** Now, by the server. A sleeping tablet stops the steady clock; when its wall clock went on for much longer, that counts. */
export function now() {
  const steady = performance.now() - opened.steady;
  const wall = Date.now() - opened.wall;
  return new Date(base + (wall - steady > 60_000 ? wall : steady));
}

/** A moment on the site's wall: 09:42. */
export const wall = (moment) =>
  moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: place?.dataset.zone });

function turn() {
  if (place) place.textContent = wall(now());
}

setInterval(turn, 1000);
