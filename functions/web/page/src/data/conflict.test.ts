import { expect, test } from 'vitest';
import { sayConflicts } from './conflict.ts';

const NOW = new Date('2026-11-23T14:45:00');

test('a conflict says what is there and what was wanted', () => {
  const due = (date: string) => ({ date });
  const conflicts = [
    { field: 'title', yours: 'call dad', theirs: 'call mum' },
    { field: 'due', yours: due('2026-11-24'), theirs: null },
  ];
  expect(sayConflicts(conflicts, NOW)).toBe(
    'Changed elsewhere too: title is “call mum”, yours “call dad”. Changed elsewhere too: due is “nothing”, yours “tomorrow”.',
  );
});
