import { createHash } from 'node:crypto';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vitest/config';

/** `npm run dev` shows the page with the API of an `errand` that runs beside it. */
const errand = process.env.ERRAND_URL ?? 'http://127.0.0.1:8700';

/** Tells the worker which files make the page, chunks loaded later too; their hash names its cache. */
const filesForWorker: Plugin = {
  name: 'files-for-worker',
  generateBundle(_, bundle) {
    const worker = bundle['worker.js'];
    if (worker?.type !== 'chunk') throw new Error('the build made no worker.js');
    const files = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
    const list = ['/', '/icon.svg', '/manifest.webmanifest', ...files.map((name) => `/${name}`)];
    const hash = createHash('sha256').update(list.join()).digest('hex').slice(0, 12);
    worker.code = worker.code
      .replace('__FILES__', JSON.stringify(list))
      .replace('__NAME__', JSON.stringify(`errand-${hash}`));
  },
};

export default defineConfig({
  plugins: [svelte({ configFile: false }), filesForWorker],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', worker: 'src/worker.ts' },
      output: { entryFileNames: ({ name }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js') },
    },
  },
  // Without this vitest takes Svelte's server build.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  server: {
    proxy: { '/api': { target: errand, changeOrigin: true, ws: true, headers: { origin: errand } } },
  },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['vitest.setup.ts'], env: { TZ: 'UTC' } },
});
