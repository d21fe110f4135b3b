import { expect, test } from 'vitest';
import { readStream } from './stream.ts';

async function read(...pieces: (string | Uint8Array)[]) {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
      controller.close();
    },
  });
  const events = [];
  for await (const { event, id, data } of readStream(body)) events.push([event, id, data]);
  return events;
}

test('events are read whole however they are cut', async () => {
  const text = 'id: 1\nevent: delta\ndata: {"text":"Grüße"}\n\n: still here\n\nid: 2\nevent: done\ndata: {}\n\n';
  const expected = [
    ['delta', '1', { text: 'Grüße' }],
    ['done', '2', {}],
  ];
  expect(await read(text)).toEqual(expected);
  expect(await read(...Array.from(new TextEncoder().encode(text), (byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('lines may end as on other systems, data may have several lines, and need not be JSON', async () => {
  expect(await read('event: delta\r\ndata: one\r\ndata: two\r\n\r\ndata: last')).toEqual([
    ['delta', '', 'one\ntwo'],
    ['message', '', 'last'],
  ]);
});
