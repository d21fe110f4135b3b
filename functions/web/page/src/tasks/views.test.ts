import { expect, test } from 'vitest';
import { normal } from '../data/commands.ts';
import type { Task } from '../data/types.ts';
import { countOf, firstOf, groupsOf, hashOf, namingOf, viewOf, type View } from './views.ts';

const NOW = new Date('2026-11-23T12:00:00');
const rows = new Map(
  (
    [
      ['plain', {}],
      ['today', { due: { date: '2026-11-23' } }],
      ['at nine', { due: { at: '2026-11-23T09:00:00' } }],
      ['yesterday', { due: { date: '2026-11-22' } }],
      ['tomorrow', { due: { date: '2026-11-24' } }],
      ['of a list', { list_id: 'work' }],
      ['hidden', { start: { date: '2026-11-25' } }],
      ['done', { status: 'done', closed_at: '2026-11-23T08:00:00Z' }],
      ['in the trash', { deleted_at: '2026-11-23T08:00:00Z' }],
    ] as [string, Partial<Task>][]
  ).map(([title, part], index) => [title, normal({ id: title, title, position: String(index), ...part })]),
);

test.each<[View, [string, string[]][]]>([
  [{ name: 'inbox' }, [['', ['plain', 'today', 'at nine', 'yesterday', 'tomorrow']]]],
  [
    { name: 'today' },
    [
      ['Late', ['yesterday']],
      ['Today', ['at nine', 'today']],
    ],
  ],
  [{ name: 'upcoming' }, [['Tomorrow, 24 Nov', ['tomorrow']]]],
  [{ name: 'overdue' }, [['', ['yesterday', 'at nine']]]],
  [{ name: 'completed' }, [['Today', ['done']]]],
  [{ name: 'list', id: 'work' }, [['', ['of a list']]]],
  [{ name: 'search', text: 'DAY' }, [['', ['yesterday', 'today']]]],
  [{ name: 'search', text: '' }, []],
])('%o', (view, groups) => {
  expect(groupsOf(view, rows, NOW).map(({ title, tasks }) => [title, tasks.map((task) => task.title)])).toEqual(groups);
  expect(countOf(view, rows, NOW)).toBe(groups.flatMap(([, tasks]) => tasks).length);
});

test.each<[string, View | null]>([
  ['#today', { name: 'today' }],
  ['#list/0193', { name: 'list', id: '0193' }],
  ['#search/50%25%20off', { name: 'search', text: '50% off' }],
  ['#nonsense', null],
  ['', null],
])('the address %s', (hash, view) => {
  expect(viewOf(hash)).toEqual(view);
  if (view) expect(hashOf(view)).toBe(hash);
});

test('a long view is drawn from its top', () => {
  const titles = (limit: number) =>
    firstOf(groupsOf({ name: 'today' }, rows, NOW), limit).map(({ title, tasks }) => [title, tasks.length]);
  expect(titles(1)).toEqual([['Late', 1]]);
  expect(titles(2)).toEqual([
    ['Late', 1],
    ['Today', 1],
  ]);
  expect(titles(100)).toEqual([
    ['Late', 1],
    ['Today', 2],
  ]);
});

test('what can be named, and the filter that a search is kept as', () => {
  expect(namingOf({ name: 'today' })).toBeNull();
  expect(namingOf({ name: 'search', text: '' })).toBeNull();
  expect(namingOf({ name: 'list', id: '1' })).toEqual({ name: 'list', id: '1' });
  expect(namingOf({ name: 'view', id: '1' })).toEqual({ name: 'view', id: '1' });
  const filterOf = (text: string) => namingOf({ name: 'search', text })?.filter;
  expect(filterOf('mom')).toBe('status=open and text~"mom"');
  expect(filterOf('#home')).toBe('status=open and tag="home"');
  expect(filterOf('a "b" c')).toBe('status=open and text~"a b c"');
});

test('a saved view shows what was found', () => {
  const rows = new Map(['a', 'b'].map((id) => [id, normal({ id, title: id })]));
  const view: View = { name: 'view', id: '1' };
  expect(groupsOf(view, rows, NOW, new Set(['b'])).flatMap(({ tasks }) => tasks.map(({ id }) => id))).toEqual(['b']);
  expect(groupsOf(view, rows, NOW)).toEqual([]);
});
