import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** `npm run dev` shows the page with the API of an `errand` that runs beside it. */
const errand = process.env.ERRAND_URL ?? 'http://127.0.0.1:8700';

export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2023', modulePreload: { polyfill: false } },
  // Without this vitest takes Svelte's server build.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  server: {
    proxy: { '/api': { target: errand, changeOrigin: true, ws: true, headers: { origin: errand } } },
  },
  test: { include: ['src/**/*.test.ts'] },
});
