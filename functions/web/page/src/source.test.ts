import { expect, test } from 'vitest';

const texts = import.meta.glob<string>('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const sources = Object.entries(texts).filter(([name]) => !name.endsWith('.test.ts'));

// The Content-Security-Policy forbids them in the browser; this says so before.
test.each([' style="', '{@html', 'innerHTML', 'eval(', 'document.write'])('no source uses %s', (word) => {
  expect(sources.filter(([, text]) => text.includes(word)).map(([name]) => name)).toEqual([]);
});

test('there are sources to look at', () => expect(sources.length).toBeGreaterThan(30));

test('no file is longer than one reads in one sitting', () => {
  const long = sources.filter(([name, text]) => text.split('\n').length > 400);
  expect(long.map(([name]) => name)).toEqual([]);
});
