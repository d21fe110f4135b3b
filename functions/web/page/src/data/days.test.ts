import { describe, expect, test } from 'vitest';
import { addDays, isLate, momentOf, sayMoment, sortKey, withOffset } from './days.ts';

const NOW = new Date('2026-11-23T22:30:00');
const DAY = { today: 'today', tomorrow: 'tomorrow', yesterday: 'yesterday' };

describe('a moment in words', () => {
  test.each([
    [{ date: '2026-11-23' }, 'today'],
    [{ at: '2026-11-23T15:00:00' }, 'today 15:00'],
    [{ date: '2026-11-24' }, 'tomorrow'],
    [{ date: '2026-11-22' }, 'yesterday'],
    [{ date: '2026-11-29' }, 'Sunday'],
    [{ at: '2026-11-29T15:00:00' }, 'Sunday 15:00'],
    [{ date: '2026-11-30' }, '30 Nov'],
    [{ date: '2027-01-02' }, '2 Jan 2027'],
    [{ date: '2026-11-20' }, '20 Nov'],
  ])('%o', (moment, said) => expect(sayMoment(moment, NOW, DAY, 'en-GB')).toBe(said));
});

test.each([
  ['2026-11-29', { date: '2026-11-29' }],
  ['2026-11-29T15:00:00', { at: '2026-11-29T15:00:00' }],
  ['2026-11-29T14:00:00Z', { instant: '2026-11-29T14:00:00Z' }],
  ['2026-11-29T15:00:00+01:00', { instant: '2026-11-29T15:00:00+01:00' }],
  ['soon', null],
])('%s is a moment', (text, moment) => expect(momentOf(text)).toEqual(moment));

test('days are added over the end of a month and of a year', () => {
  expect(addDays('2026-11-30', 1)).toBe('2026-12-01');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
});

test('a date is late from the next day on, a time at once', () => {
  expect(isLate({ date: '2026-11-23' }, NOW)).toBe(false);
  expect(isLate({ date: '2026-11-22' }, NOW)).toBe(true);
  expect(isLate({ at: '2026-11-23T22:29:00' }, NOW)).toBe(true);
  expect(isLate({ at: '2026-11-23T22:31:00' }, NOW)).toBe(false);
  expect(isLate(null, NOW)).toBe(false);
});

test('times of a day come before the day without a time', () => {
  const keys = [{ date: '2026-11-24' }, { at: '2026-11-24T09:00:00' }, null, { date: '2026-11-23' }].map(sortKey);
  expect(keys.toSorted()).toEqual([keys[3], keys[1], keys[0], keys[2]]);
});

test('the moment carries the offset of the device', () => {
  expect(withOffset(NOW)).toMatch(/^2026-11-23T22:30:00[+-]\d\d:\d\d$/);
  expect(new Date(withOffset(NOW))).toEqual(NOW);
});
