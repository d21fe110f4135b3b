import { expect, test } from 'vitest';
import { normal } from '../data/commands.ts';
import { placeOf, positionAfter } from './order.ts';

const task = (id: string, parent_id: string | null = null) => normal({ id, title: id, parent_id, position: `a${id}` });
const shown = [task('1'), task('2'), task('child', '1'), task('3')];

test.each([
  ['2', -1 as const, { after: null, place: 1, of: 3 }],
  ['3', -1 as const, { after: '1', place: 2, of: 3 }],
  ['1', 1 as const, { after: '2', place: 2, of: 3 }],
  ['2', 1 as const, { after: '3', place: 3, of: 3 }],
  ['1', -1 as const, null],
  ['3', 1 as const, null],
  ['child', 1 as const, null],
])('%s moved by %i', (id, by, place) => {
  expect(
    placeOf(
      shown,
      shown.find((one) => one.id === id)!,
      by,
    ),
  ).toEqual(place);
});

test('the position shown meanwhile lies between the neighbours', () => {
  const key = positionAfter(normal({ id: 'x', position: 'a1' }));
  expect(['a1V', key, 'a1', 'a101', positionAfter(undefined), 'A1'].toSorted()).toEqual([
    '!',
    'A1',
    'a1',
    key,
    'a101',
    'a1V',
  ]);
});
