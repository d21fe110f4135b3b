import { vi } from 'vitest';

// Tests run in Node: a browser's device is a British one, in UTC (vite.config.ts).
vi.stubGlobal('navigator', { language: 'en-GB', onLine: true });
