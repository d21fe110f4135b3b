import { Refused, Unreachable } from './api.ts';
import type { Command } from './commands.ts';
import type { Problem, Task } from './types.ts';

/** Where commands wait. The one in IndexedDB outlives the window; tests use one in memory. */
export interface Shelf {
  all(): Promise<Command[]>;
  put(command: Command): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface Listener {
  /** The commands that wait, in order. */
  waiting(commands: Command[]): void;
  /** The server took a command. It waits no longer once this is through, so that nothing flickers. */
  sent(command: Command, task: Task | null): Promise<void>;
  /** The server refused a command for good. */
  refused(command: Command, problem: Problem): void;
  reachable(yes: boolean): void;
  signedOut(): void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** Sends commands in order, one at a time over all windows, and keeps them until the server answered. */
export class Queue {
  #shelf: Shelf;
  #send: (command: Command) => Promise<Task | null>;
  #listener: Listener;
  #running: Promise<void> | null = null;
  #again = false;
  #pause = FIRST_PAUSE;
  #fresh = new Map<string, Command>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(shelf: Shelf, send: (command: Command) => Promise<Task | null>, listener: Listener) {
    this.#shelf = shelf;
    this.#send = send;
    this.#listener = listener;
  }

  /** Puts a command behind the others and starts sending. */
  async add(command: Command) {
    this.#fresh.set(command.id, command);
    await this.tell();
    await this.#shelf.put(command);
    this.#fresh.delete(command.id);
    void this.run();
  }

  /** Says what waits; also after another window changed it. */
  async tell() {
    const stored = await this.#shelf.all();
    const known = new Set(stored.map((command) => command.id));
    this.#listener.waiting([...stored, ...[...this.#fresh.values()].filter((command) => !known.has(command.id))]);
  }

  async drop(id: string) {
    await this.#shelf.remove(id);
    await this.tell();
  }

  /** Sends what waits. Called when something was added, at `online`, and by the pause. */
  run(): Promise<void> {
    this.#again = true;
    clearTimeout(this.#timer);
    this.#running ??= alone(async () => {
      while (this.#again) {
        this.#again = false;
        await this.#sendAll();
      }
    }).finally(() => (this.#running = null));
    return this.#running;
  }

  async #sendAll() {
    for (;;) {
      const command = (await this.#shelf.all())[0];
      if (!command) return;
      try {
        const task = await this.#send(command);
        this.#pause = FIRST_PAUSE;
        this.#listener.reachable(true);
        if (task) await this.#rebase(command, task);
        await this.#shelf.remove(command.id);
        await this.#listener.sent(command, task);
      } catch (error) {
        if (!(error instanceof Refused)) return this.#later(error);
        if (error.problem.status === 401) return this.#listener.signedOut();
        await this.#shelf.remove(command.id);
        this.#listener.refused(command, error.problem);
      }
      await this.tell();
    }
  }

  /** Later changes of the same task were made on top of this one. */
  async #rebase(command: Command, task: Task) {
    for (const later of await this.#shelf.all()) {
      if (later.kind === 'change' && later.id !== command.id && later.task === task.id) {
        await this.#shelf.put({ ...later, base: task.version });
      }
    }
  }

  #later(error: unknown) {
    if (!(error instanceof Unreachable)) throw error;
    this.#listener.reachable(false);
    this.#timer = setTimeout(() => void this.run(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}

/** Windows share one queue: only one of them sends at a time. */
async function alone(work: () => Promise<void>): Promise<void> {
  await (navigator.locks ? navigator.locks.request('errand-queue', work) : work());
}

/** Commands in memory: the place for tests, and where the browser forbids storage. */
export class MemoryShelf implements Shelf {
  #commands = new Map<string, Command>();
  all = async () => [...this.#commands.values()];
  put = async (command: Command) => void this.#commands.set(command.id, command);
  remove = async (id: string) => void this.#commands.delete(id);
}
