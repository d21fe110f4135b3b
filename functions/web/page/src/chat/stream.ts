/** One server-sent event. */
export interface StreamEvent {
  event: string;
  id: string;
  data: unknown;
}

/** Reads server-sent events from a fetch answer; `EventSource` cannot POST. */
export async function* readStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value = '' } = await reader.read();
      rest += value;
      const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
      rest = blocks.pop()!;
      if (done && rest.trim()) blocks.push(rest);
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
      if (done) return;
    }
  } finally {
    reader.releaseLock();
  }
}

function parse(block: string): StreamEvent | null {
  const event = { event: 'message', id: '' };
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'event' || name === 'id') event[name] = value;
  }
  if (!data.length) return null;
  const text = data.join('\n');
  try {
    return { ...event, data: JSON.parse(text) as unknown };
  } catch {
    return { ...event, data: text };
  }
}
