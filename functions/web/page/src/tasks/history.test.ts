import { expect, test } from 'vitest';
import type { Actor, ErrandEvent } from '../data/types.ts';
import { entriesOf } from './history.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const event = (type: string, time: string, by: Actor, data: object = {}): ErrandEvent => ({
  id: `stream:${time}`,
  type: `errand.${type}.v1`,
  time: `2026-11-23T${time}:00Z`,
  by,
  data: data as ErrandEvent['data'],
});

test('it says who did what, newest first, with what changed', () => {
  const events = [
    event('task.created', '09:00', { kind: 'person', client: 'page' }, { after: { title: 'call mom' } }),
    event(
      'task.changed',
      '09:05',
      { kind: 'agent', client: 'page' },
      { before: { due: null, tags: [] }, after: { due: { date: '2026-11-24' }, tags: ['home'], position: 'a2' } },
    ),
    event('reminder.cancelled', '09:06', { kind: 'system', client: 'recur' }, { note: 'completed' }),
    event('task.changed', '09:07', { kind: 'person' }, { before: { list_id: null }, after: { list_id: 'work' } }),
  ];
  const lines = entriesOf(events, NOW, (id) => `the list ${id}`).map((entry) =>
    [entry.who, entry.what, entry.client, ...entry.details, entry.undoable ? 'undo' : ''].filter(Boolean).join(' | '),
  );
  expect(lines).toEqual([
    'You | changed it | list: nothing → the list work | undo',
    'Errand | cancelled the reminder | recur | completed',
    'The assistant | changed it | page | due: nothing → tomorrow | tags: nothing → #home | undo',
    'You | created it | page | undo',
  ]);
});

test('a purged event has lost its content, not its place', () => {
  const purged = { ...event('task.changed', '09:00', { kind: 'person' }), data: null } as unknown as ErrandEvent;
  expect(entriesOf([purged], NOW, String)).toMatchObject([{ who: 'You', what: 'changed it', details: [] }]);
});
