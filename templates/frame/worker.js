// With the network gone, a page that is opened or reloaded shows "/offline/" instead of the browser's error. Only that
// page and what it is drawn with are kept: never a page of a patient, never an answer of the server.
const CACHE = "evenkeel-offline-{{ version }}";
const KEPT = [{% for path in kept %}"{{ path|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

const fill = async () => (await caches.open(CACHE)).addAll(KEPT);
const clear = async () => {
  const old = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
};

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(clear().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("{% url "offline" %}")));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreSearch: true })));
});
