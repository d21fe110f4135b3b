import { call, Refused } from './api.ts';
import type { ErrandEvent } from './types.ts';

export type LinkState = 'connecting' | 'live' | 'offline';

export interface FeedListener {
  events(events: ErrandEvent[], cursor: string): void;
  /** Too much was missed, or the cursor is of another epoch: read everything again, then `start` with the new cursor. */
  reset(): void;
  state(state: LinkState): void;
  signedOut(): void;
}

type Message = { type: 'hello' | 'events' | 'reset' | 'bye'; cursor?: string; events?: ErrandEvent[] };
type Way = 'socket' | 'stream' | 'poll';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
const SOCKET_AGAIN = 60_000;
const HELLO_WITHIN = 5_000;

/** The log of what changed, from a cursor on: by WebSocket, else by SSE, else by asking. A drop is normal: the cursor knows. */
export class Feed {
  #listener: FeedListener;
  #cursor = '';
  #way: Way = 'socket';
  #refusals = 0;
  #pause = FIRST_PAUSE;
  #fallenBackAt = 0;
  #close: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #run = 0;

  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  start(cursor: string) {
    this.stop();
    this.#cursor = cursor;
    this.#connect();
  }

  stop() {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#close();
    this.#close = () => {};
  }

  /** Tries at once instead of waiting for the pause: the device is online again, or the window is looked at. */
  wake() {
    if (!this.#cursor || !this.#timer) return;
    this.#pause = FIRST_PAUSE;
    this.stop();
    this.#connect();
  }

  #connect() {
    this.#timer = undefined;
    if (this.#way !== 'socket' && Date.now() - this.#fallenBackAt > SOCKET_AGAIN) this.#way = 'socket';
    const run = this.#run;
    const mine = () => run === this.#run;
    ({ socket: this.#socket, stream: this.#stream, poll: this.#poll })[this.#way].call(this, mine);
  }

  #socket(mine: () => boolean) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/changes/socket?after=${this.#after()}`);
    const hello = setTimeout(() => socket.close(), HELLO_WITHIN);
    let welcomed = false;
    this.#close = () => {
      clearTimeout(hello);
      socket.close();
    };
    socket.onmessage = ({ data }) => {
      if (!mine()) return;
      clearTimeout(hello);
      welcomed = true;
      this.#take(JSON.parse(data as string) as Message);
    };
    socket.onclose = () => {
      clearTimeout(hello);
      if (mine()) this.#dropped(welcomed);
    };
  }

  #stream(mine: () => boolean) {
    const stream = new EventSource(`/api/v1/changes/stream?after=${this.#after()}`);
    let welcomed = false;
    this.#close = () => stream.close();
    const take = ({ data, type }: MessageEvent) => {
      if (!mine()) return;
      welcomed = true;
      const said = JSON.parse((data as string) || '{}') as Message & ErrandEvent;
      // An event may come alone or in a batch; its SSE name says which when the body does not.
      if (said.data) this.#take({ type: 'events', events: [said], cursor: undefined });
      else this.#take({ ...said, type: said.type ?? (type as Message['type']) });
    };
    for (const name of ['message', 'hello', 'events', 'reset', 'bye']) stream.addEventListener(name, take);
    stream.onopen = () => mine() && this.#listener.state('live');
    stream.onerror = () => {
      if (!mine()) return;
      stream.close();
      this.#dropped(welcomed);
    };
  }

  async #poll(mine: () => boolean) {
    const abort = new AbortController();
    this.#close = () => abort.abort();
    try {
      const said = await call<Message>({ path: `/changes?after=${this.#after()}`, signal: abort.signal });
      if (!mine()) return;
      this.#take({ ...said, type: 'events' });
      this.#connect();
    } catch (error) {
      if (!mine()) return;
      if (error instanceof Refused && error.problem.status === 410) this.#take({ type: 'reset' });
      else this.#dropped(false);
    }
  }

  #after = () => encodeURIComponent(this.#cursor);

  #take(message: Message) {
    this.#refusals = 0;
    this.#pause = FIRST_PAUSE;
    if (message.cursor) this.#cursor = message.cursor;
    if (message.type === 'reset') {
      this.stop();
      this.#listener.reset();
      return;
    }
    if (message.type === 'bye') return;
    this.#listener.state('live');
    if (message.events?.length) this.#listener.events(message.events, this.#cursor);
  }

  /** Waits and tries again; three refusals in a row and the next way is taken. Asks why, because a socket does not say. */
  #dropped(welcomed: boolean) {
    this.#listener.state(navigator.onLine ? 'connecting' : 'offline');
    const run = this.#run;
    if (!welcomed) void this.#why(run);
    const pause = this.#pause * (0.75 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#timer = setTimeout(() => run === this.#run && this.#connect(), pause);
  }

  async #why(run: number) {
    try {
      await call({ path: '/tasks?limit=1' });
      if (run !== this.#run || ++this.#refusals < 3) return;
      this.#refusals = 0;
      this.#way = this.#way === 'socket' ? 'stream' : 'poll';
      this.#fallenBackAt = Date.now();
    } catch (error) {
      if (run !== this.#run) return;
      if (error instanceof Refused && error.problem.status === 401) this.#listener.signedOut();
      else this.#listener.state('offline');
    }
  }
}
