import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from './api.ts';
import { normal, type Command } from './commands.ts';
import { Database } from './database.ts';
import { Queue, type Listener } from './queue.ts';
import type { Problem, Task } from './types.ts';
import { uuid7 } from './uuid7.ts';

let name = '';
beforeEach(() => (name = uuid7()));
afterEach(() => vi.useRealTimers());

const change = (title: string, base = 1): Command => ({ id: uuid7(), task: 'a', kind: 'change', set: { title }, base });
const said = (command: Command) => (command.kind === 'change' ? command.set.title : command.kind);

/** A queue over the real shelf, and what it told. */
async function queueOn(send: (command: Command) => Promise<Task | null>) {
  const shelf = await Database.open(name);
  const told = {
    waiting: [] as string[],
    sent: [] as unknown[],
    refused: [] as Problem[],
    reachable: true,
    signedOut: false,
  };
  const listener: Listener = {
    waiting: (commands) => (told.waiting = commands.map((command) => String(said(command)))),
    sent: async (command) => void told.sent.push(said(command)),
    refused: (_, problem) => void told.refused.push(problem),
    reachable: (yes) => (told.reachable = yes),
    signedOut: () => (told.signedOut = true),
  };
  return { queue: new Queue(shelf, send, listener), shelf, told };
}

const refusal = (status: number) => new Refused({ status, code: '', title: 'no', detail: 'It cannot be.' });

test('commands are sent in the order in which they were made, and what is sent waits no longer', async () => {
  const { queue, told } = await queueOn(async () => null);
  await Promise.all([queue.add(change('one')), queue.add(change('two')), queue.add(change('three'))]);
  await queue.run();
  expect(told.sent).toEqual(['one', 'two', 'three']);
  expect(told.waiting).toEqual([]);
});

test('what was written offline is sent once after a restart', async () => {
  const offline = await queueOn(() => Promise.reject(new Unreachable()));
  await offline.queue.add(change('one'));
  await offline.queue.add(change('two'));
  await offline.queue.run();
  expect(offline.told).toMatchObject({ waiting: ['one', 'two'], sent: [], reachable: false });
  offline.shelf.close();

  const online = await queueOn(async () => null);
  await online.queue.run();
  await online.queue.run();
  expect(online.told).toMatchObject({ waiting: [], sent: ['one', 'two'], reachable: true });
});

test('a refused command is dropped with the words of the problem, and the next one goes on', async () => {
  const { queue, told } = await queueOn((command) =>
    said(command) === 'bad' ? Promise.reject(refusal(422)) : Promise.resolve(null),
  );
  await queue.add(change('bad'));
  await queue.add(change('good'));
  await queue.run();
  expect(told.refused.map(({ detail }) => detail)).toEqual(['It cannot be.']);
  expect(told.sent).toEqual(['good']);
});

test('whoever is signed out keeps the queue', async () => {
  const { queue, told } = await queueOn(() => Promise.reject(refusal(401)));
  await queue.add(change('one'));
  await queue.run();
  expect(told).toMatchObject({ signedOut: true, waiting: ['one'] });
});

test('later changes of a task are based on the answer of the one before', async () => {
  const bases: number[] = [];
  const { queue } = await queueOn(async (command) => {
    if (command.kind === 'change') bases.push(command.base);
    return normal({ id: 'a', title: 'x', version: 1 + bases.length });
  });
  await Promise.all([queue.add(change('one')), queue.add(change('two')), queue.add(change('three'))]);
  await queue.run();
  expect(bases).toEqual([1, 2, 3]);
});
