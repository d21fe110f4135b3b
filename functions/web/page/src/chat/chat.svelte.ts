import { call, Refused, send, Unreachable } from '../data/api.ts';
import { deviceZone } from '../data/days.ts';
import { store } from '../data/store.svelte.ts';
import { uuid7 } from '../data/uuid7.ts';
import { panels } from '../words-panels.ts';
import { words } from '../words.ts';
import { readStream, type StreamEvent } from './stream.ts';

export interface Tool {
  id: string;
  name: string;
  said: string;
  ended: boolean;
  failed: boolean;
}

export interface Confirmation {
  id: string;
  said: string;
  lines: string[];
  state: 'open' | 'sending' | 'confirmed' | 'cancelled';
}

export interface Turn {
  key: string;
  mine: boolean;
  text: string;
  tools: Tool[];
  confirmation: Confirmation | null;
  busy: boolean;
  failed: boolean;
  /** The run that can be taken back. */
  run: string | null;
}

type Said = Record<string, unknown>;

/** One conversation. What a tool did shows in the list through the feed; here are only the words. */
class Chat {
  turns = $state<Turn[]>([]);
  busy = $state(false);
  /** No model is behind it. */
  offline = $state(false);
  #conversation: string | null = null;
  #abort: AbortController | null = null;

  async ask(text: string) {
    this.turns.push(turn({ mine: true, text }));
    this.turns.push(turn({ busy: true }));
    const answer = this.turns.at(-1)!;
    this.busy = true;
    this.#abort = new AbortController();
    try {
      const body = {
        text,
        time_zone: deviceZone(),
        ...(this.#conversation ? { conversation_id: this.#conversation } : {}),
      };
      const response = await send({
        method: 'POST',
        path: '/assistant/messages',
        body,
        headers: { Accept: 'text/event-stream', 'Idempotency-Key': uuid7() },
        signal: this.#abort.signal,
      });
      await this.#read(response, answer);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#fail(answer, error);
    } finally {
      answer.busy = false;
      this.busy = false;
    }
  }

  stop() {
    this.#abort?.abort();
  }

  async confirm(answer: Turn, yes: boolean) {
    const confirmation = answer.confirmation;
    if (confirmation?.state !== 'open') return;
    confirmation.state = 'sending';
    try {
      const said = await call<Said | null>({
        method: 'POST',
        path: `/assistant/confirmations/${confirmation.id}`,
        body: { accept: yes },
        headers: { 'Idempotency-Key': uuid7() },
      });
      confirmation.state = yes ? 'confirmed' : 'cancelled';
      const text = str(said?.text);
      if (text) this.turns.push(turn({ text, run: said ? runOf(said) : null }));
    } catch (error) {
      confirmation.state = 'open';
      const problem = error instanceof Refused ? error.problem : null;
      if (problem?.code === 'confirmation_stale' && problem.confirm) {
        answer.confirmation = { ...confirmationOf(problem.confirm), said: problem.detail };
      } else store.fail(error);
    }
  }

  async #read(response: Response, answer: Turn) {
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream') || !response.body) {
      this.#take(answer, { event: 'done', id: '', data: await response.json() });
      return;
    }
    let ended = false;
    for await (const event of readStream(response.body)) {
      this.#take(answer, event);
      ended ||= event.event === 'done' || event.event === 'error';
    }
    if (!ended) this.#fail(answer, new Error(panels.chat.lost));
  }

  #take(answer: Turn, { event, data }: StreamEvent) {
    const said = (typeof data === 'object' && data ? data : { text: data }) as Said;
    if (said.conversation_id) this.#conversation = str(said.conversation_id);
    switch (event) {
      case 'delta':
        answer.text += str(said.text ?? said.delta);
        break;
      case 'tool_call':
        answer.tools.push({
          id: str(said.id),
          name: str(said.name ?? said.skill),
          said: str(said.title ?? said.text),
          ended: false,
          failed: false,
        });
        break;
      case 'tool_result': {
        const tool = answer.tools.find((tool) => tool.id === str(said.id ?? said.tool_call_id)) ?? answer.tools.at(-1);
        if (tool)
          Object.assign(tool, {
            ended: true,
            failed: said.ok === false || Boolean(said.error),
            said: str(said.summary ?? said.text) || tool.said,
          });
        break;
      }
      case 'confirm':
        answer.confirmation = confirmationOf(said);
        break;
      case 'question':
        if (!answer.text) answer.text = str(said.text ?? said.question);
        break;
      case 'error':
        this.#fail(answer, new Error(str(said.detail ?? said.text ?? said.title) || panels.chat.lost));
        break;
      case 'done':
        this.#finish(answer, said);
    }
  }

  #finish(answer: Turn, said: Said) {
    if (str(said.text)) answer.text = str(said.text);
    if (said.confirm && !answer.confirmation) answer.confirmation = confirmationOf(said.confirm as Said);
    const question = said.question as Said | string | null;
    if (question && !answer.text) answer.text = typeof question === 'string' ? question : str(question.text);
    this.offline = said.interpreter === 'offline';
    answer.run = answer.confirmation ? null : runOf(said);
  }

  #fail(answer: Turn, error: unknown) {
    answer.failed = true;
    if (error instanceof Refused && error.problem.status === 401) store.signedOut = true;
    const said = error instanceof Unreachable ? words.problem.offline : (error as Error).message;
    answer.text = answer.text ? `${answer.text}\n\n${said}` : said;
  }
}

/** Names of what only looks, or takes back itself. */
const LOOKS = /^(list|find|plan|digest|explain|help|undo|next|previous|none)/;

/** The run that can be taken back: only where something was done. */
function runOf(said: Said): string | null {
  const actions = (Array.isArray(said.actions) ? said.actions : []) as Said[];
  return actions.some(({ name }) => !LOOKS.test(str(name))) ? str(said.run_id) || null : null;
}

const str = (value: unknown) => (typeof value === 'string' ? value : '');

const turn = (part: Partial<Turn>): Turn => ({
  key: uuid7(),
  mine: false,
  text: '',
  tools: [],
  confirmation: null,
  busy: false,
  failed: false,
  run: null,
  ...part,
});

function confirmationOf(said: Said): Confirmation {
  const lines = [said.lines, said.diff, said.changes].find(Array.isArray) as unknown[] | undefined;
  return {
    id: str(said.id ?? said.confirmation_id),
    said: str(said.text ?? said.summary ?? said.title),
    lines: (lines ?? [])
      .map((line) => (typeof line === 'string' ? line : str((line as Said).text ?? (line as Said).title)))
      .filter(Boolean),
    state: 'open',
  };
}

export const chat = new Chat();
