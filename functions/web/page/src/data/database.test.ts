import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { normal } from './commands.ts';
import { Database } from './database.ts';
import { uuid7 } from './uuid7.ts';

const rows = (...titles: string[]) => new Map(titles.map((title) => [title, normal({ id: title, title })]));

test('rows are found again after a restart, without those that went', async () => {
  const name = uuid7();
  const before = await Database.open(name);
  await before.keep(rows('call mom', 'walk dog'));
  await before.keep(rows('call mom'));
  before.close();
  const after = await Database.open(name);
  expect([...(await after.rows()).keys()]).toEqual(['call mom']);
});

test('another person finds nothing', async () => {
  const database = await Database.open(uuid7());
  expect(await database.belongsTo('ann')).toBe(true);
  await database.keep(rows('call mom'));
  expect(await database.belongsTo('ann')).toBe(true);
  expect((await database.rows()).size).toBe(1);
  expect(await database.belongsTo('bob')).toBe(false);
  expect((await database.rows()).size).toBe(0);
});
