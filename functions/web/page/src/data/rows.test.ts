import { expect, test } from 'vitest';
import { normal, type Command } from './commands.ts';
import { applyEvents, shownRows, takeTask } from './rows.ts';
import type { ErrandEvent, Task } from './types.ts';

const task = (part: Partial<Task> = {}) => normal({ id: 'a', version: 3, title: 'call mom', ...part });
const rowsOf = (...tasks: Task[]) => new Map(tasks.map((one) => [one.id, one]));
const event = (name: string, version: number, after: Record<string, unknown> = {}, id = 'a'): ErrandEvent => ({
  id: `${name} ${version}`,
  type: `errand.${name}.v1`,
  time: '2026-11-23T22:30:00Z',
  data: { task_id: id, version, after },
});

test('waiting commands lie on top of the rows, and without them the rows are as before', () => {
  const confirmed = rowsOf(task());
  const waiting: Command[] = [
    { id: '1', task: 'a', kind: 'change', set: { title: 'call dad' }, base: 3 },
    { id: '2', task: 'a', kind: 'complete' },
    { id: '3', task: 'gone', kind: 'complete' },
    { id: '4', task: 'b', kind: 'add', text: 'buy milk', now: '', zone: 'UTC', literal: [], reading: null },
  ];
  const rows = shownRows(confirmed, waiting);
  expect([...rows.values()].map(({ id, title, status }) => [id, title, status])).toEqual([
    ['a', 'call dad', 'done'],
    ['b', 'buy milk', 'open'],
  ]);
  expect(shownRows(confirmed, [])).toBe(confirmed);
});

test('an event changes the row it follows on', () => {
  const { rows, reread } = applyEvents(rowsOf(task()), [event('task.changed', 4, { title: 'call dad' })]);
  expect(rows.get('a')).toMatchObject({ title: 'call dad', version: 4 });
  expect(reread.size).toBe(0);
});

test.each([
  ['comes twice', event('task.changed', 3, { title: 'old news' }), 'call mom', false],
  ['leaves a gap', event('task.changed', 5, { title: 'from the future' }), 'call mom', true],
  ['is about an unknown task', event('task.reopened', 2, {}, 'b'), 'call mom', true],
  ['moves the due time', event('task.changed', 4, { due: { at: '2026-11-29T15:00:00' } }), 'call mom', true],
  ['is about reminders', event('task.changed', 4, { reminders: [{}] }), 'call mom', true],
  ['is about something else', event('list.created', 1, {}), 'call mom', false],
])('an event that %s', (_, one, title, again) => {
  const { rows, reread } = applyEvents(rowsOf(task()), [one]);
  expect(rows.get('a')?.title).toBe(title);
  expect(reread.size > 0).toBe(again);
});

test('a created task is whole, a purged one is gone', () => {
  const made = applyEvents(new Map(), [event('task.created', 1, { title: 'buy milk', tags: ['home'] })]);
  expect(made.rows.get('a')).toMatchObject({ title: 'buy milk', tags: ['home'], status: 'open', version: 1 });
  expect(made.reread.size).toBe(0);
  expect(applyEvents(made.rows, [event('task.purged', 2)]).rows.size).toBe(0);
});

test('an older answer never replaces a newer row', () => {
  const confirmed = rowsOf(task({ version: 5 }));
  expect(takeTask(confirmed, task({ version: 4 }))).toBe(confirmed);
  expect(takeTask(confirmed, task({ version: 6 })).get('a')?.version).toBe(6);
});
