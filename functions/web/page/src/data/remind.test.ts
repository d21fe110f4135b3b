import { expect, test } from 'vitest';
import { normal } from './commands.ts';
import { failureOf, reminderOf } from './remind.ts';
import type { ErrandEvent } from './types.ts';

const NOW = new Date('2026-11-23T14:45:00');
const event = (data: ErrandEvent['data']) => ({ id: 'e', type: 'errand.reminder.sent.v1', time: '', data });

test.each([
  [{ channel: 'page', title: 'call mom', due: '2026-11-23T15:00:00' }, 'call mom, today 15:00'],
  [{ channel: 'page', title: 'call mom' }, 'call mom, tomorrow'],
  [{ channel: 'page' }, 'walk dog, tomorrow'],
  [{ channel: 'email', title: 'call mom' }, null],
])('%o', (data, said) => {
  const row = normal({ id: 'a', title: 'walk dog', due: { date: '2026-11-24' } });
  expect(reminderOf(event(data), row, NOW)).toBe(said);
});

test('a reminder that failed says by which channel, and what to try again', () => {
  expect(failureOf(event({ channel: 'email', title: 'call mom', delivery: 'd' }), undefined)).toEqual({
    said: 'The reminder for “call mom” could not be sent (e-mail).',
    delivery: 'd',
  });
});
