import { expect, test } from 'vitest';
import { fieldsOf, repeating } from './commands.ts';
import type { Moment, Reading } from './types.ts';

const reading = (part: object): Reading => ({
  intent: 'create_task',
  title: null,
  due: null,
  recurrence: null,
  reminders: [],
  tags: [],
  priority: null,
  ...part,
});
const rule = (start: string, time_zone: string | null = null) => ({
  rrule: 'FREQ=WEEKLY;BYDAY=FR',
  from: 'schedule' as const,
  start,
  time_zone,
});

test('a create carries what was read, and nothing that only the server may say', () => {
  const read = reading({
    title: 'call mom',
    due: { at: '2026-11-27T15:00:00', time_zone: 'UTC', instant: '2026-11-27T15:00:00Z', grain: 'minute' },
    recurrence: { ...rule('2026-11-27T15:00:00', 'UTC'), include: [], exclude: [], missed: null },
    reminders: [{ offset: '-PT15M', of: 'due' }],
    tags: ['home'],
  });
  expect(fieldsOf(read, 'the line')).toEqual({
    title: 'call mom',
    due: { at: '2026-11-27T15:00:00', time_zone: 'UTC' },
    recurrence: rule('2026-11-27T15:00:00', 'UTC'),
    reminders: [{ offset: '-PT15M', of: 'due' }],
    tags: ['home'],
  });
  expect(fieldsOf(undefined, 'the line')).toEqual({ title: 'the line' });
});

const friday = reading({ due: { date: '2026-11-27', grain: 'day' }, recurrence: rule('2026-11-27') });
const at = (hour: string) => ({ at: `2026-11-27T${hour}:00`, time_zone: 'Europe/Berlin' });

test.each<[string, Reading, Moment | null, object | null]>([
  ['no rule', reading({ due: { date: '2026-11-27' } }), null, null],
  ['a day', friday, null, { due: { date: '2026-11-27' }, recurrence: rule('2026-11-27') }],
  [
    'a day, where there was a time',
    friday,
    { at: '2026-12-24T18:30:00', time_zone: 'Europe/Berlin' },
    { due: at('18:30'), recurrence: rule('2026-11-27T18:30:00', 'Europe/Berlin') },
  ],
  [
    'a time, where there was another',
    reading({ due: at('09:00'), recurrence: rule('2026-11-27T09:00:00', 'Europe/Berlin') }),
    { at: '2026-12-24T18:30:00', time_zone: 'Europe/Berlin' },
    { due: at('09:00'), recurrence: rule('2026-11-27T09:00:00', 'Europe/Berlin') },
  ],
])('words that say %s', (_, read, now, changes) => expect(repeating(read, now)).toEqual(changes));
