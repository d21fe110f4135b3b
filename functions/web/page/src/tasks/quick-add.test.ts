import { describe, expect, test } from 'vitest';
import type { Interpretation } from '../data/types.ts';
import { chipsOf, literalOf, readOffline } from './quick-add.ts';

const NOW = new Date('2026-11-23T10:00:00');
const TEXT = 'call mom tomorrow at 3pm #home, remind me 15 minutes before';
const ANSWER: Interpretation = {
  decision: 'act',
  question: null,
  problems: [],
  items: [
    {
      intent: 'create_task',
      title: 'call mom',
      due: { at: '2026-11-24T15:00:00' },
      recurrence: null,
      reminders: [{ offset: '-PT15M', of: 'due' }],
      tags: ['home'],
      priority: null,
    },
  ],
  spans: [
    { from: 0, to: 8, is: 'title', item: 0 },
    { from: 9, to: 24, is: 'due', item: 0 },
    { from: 25, to: 30, is: 'tags', item: 0 },
    { from: 32, to: 59, is: 'reminders', item: 0 },
  ],
};

test('each reading is a chip, in the words it became', () => {
  expect(chipsOf(TEXT, ANSWER, [], NOW).map(({ kind, said }) => [kind, said])).toEqual([
    ['due', 'tomorrow 15:00'],
    ['tags', '#home'],
    ['reminders', '15 minutes before'],
  ]);
});

test('what was refused stays to be taken back, and is told to the server by its place', () => {
  expect(chipsOf(TEXT, null, ['#home', 'gone'], NOW)).toEqual([
    { text: '#home', kind: 'literal', said: '#home', refused: true, item: 0 },
  ]);
  expect(literalOf(TEXT, ['#home', 'gone', 'call'])).toEqual([
    [0, 4],
    [25, 30],
  ]);
});

describe('without the server', () => {
  test.each([
    ['buy milk', 'buy milk', [], null],
    ['buy milk #home !high', 'buy milk', ['home'], 'high'],
    ['#home', '#home', ['home'], null],
    ['pay C#5 and a!high b', 'pay C#5 and a!high b', [], null],
    ['call mom tomorrow', 'call mom tomorrow', [], null],
  ])('%s', (text, title, tags, priority) =>
    expect(readOffline(text)).toMatchObject({ title, tags, priority, due: null }),
  );
});
