// The service worker: the page opens without the network. It never keeps what the API answers.

declare const __FILES__: string[];
declare const __NAME__: string;

interface WorkerEvent extends Event {
  request: Request;
  data: unknown;
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

const worker = self as unknown as {
  addEventListener(name: string, act: (event: WorkerEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};
const files = __FILES__;
const current = __NAME__;

// A new version waits until the person reloads: an open window keeps the files that belong together.
worker.addEventListener('install', (event) =>
  event.waitUntil(caches.open(current).then((cache) => cache.addAll(files))),
);
worker.addEventListener('message', (event) => {
  if (event.data === 'take over') void worker.skipWaiting();
});
worker.addEventListener('activate', (event) => event.waitUntil(forgetOlder().then(() => worker.clients.claim())));
worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (mode === 'navigate' && pathname === '/') event.respondWith(fetch(event.request).catch(() => kept('/')));
  else if (mode !== 'navigate' && files.includes(pathname)) event.respondWith(kept(pathname));
});

const kept = async (path: string) => (await caches.match(path)) ?? fetch(path);

async function forgetOlder() {
  for (const other of await caches.keys())
    if (other.startsWith('errand-') && other !== current) await caches.delete(other);
}
