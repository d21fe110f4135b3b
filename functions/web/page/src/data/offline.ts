interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const WORKER = '/worker.js';

/** Makes the page open without the network. Calls back when a newer page waits; what it is given loads that one. */
export async function openOffline(onNewer: (reload: () => void) => void) {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  // Trusted Types guard the address of a worker too: this policy lets exactly one through.
  const policies = (window as { trustedTypes?: Policies }).trustedTypes;
  const policy = policies?.createPolicy('errand', {
    createScriptURL(url) {
      if (url !== WORKER) throw new TypeError(url);
      return url;
    },
  });
  const registration = await navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER);
  const offer = () => {
    const waiting = registration.waiting;
    if (!waiting || !navigator.serviceWorker.controller) return;
    onNewer(() => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage('take over');
    });
  };
  offer();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offer));
}
