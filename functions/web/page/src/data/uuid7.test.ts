import { expect, test } from 'vitest';
import { uuid7 } from './uuid7.ts';

test('it is a version 7 UUID of its moment', () => {
  const id = uuid7(0x0193_2f3e_4d5c, new Uint8Array(10).fill(0xff));
  expect(id).toBe('01932f3e-4d5c-7fff-bfff-ffffffffffff');
});

test('ids sort in the order in which they were made', () => {
  const ids = Array.from({ length: 1_000 }, () => uuid7());
  expect(ids.toSorted()).toEqual(ids);
});
