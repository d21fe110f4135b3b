import { words } from '../words.ts';
import { toasts } from '../shell/toasts.svelte.ts';
import { call, Refused, Unreachable } from './api.ts';
import { normal, sendCommand, type Command, type Deed } from './commands.ts';
import { Feed, type LinkState } from './feed.ts';
import { sayMoment } from './days.ts';
import { MemoryShelf, Queue, type Shelf } from './queue.ts';
import { applyEvents, shownRows, takeTask, type Rows } from './rows.ts';
import type { ErrandEvent, List, Problem, Task } from './types.ts';
import { uuid7 } from './uuid7.ts';

interface Page<T> {
  items: T[];
  next: string | null;
  cursor?: string;
}

/** Everything the page shows: confirmed rows from the feed, and on top what this browser has not sent yet. */
class Store {
  confirmed = $state.raw<Rows>(new Map());
  waiting = $state.raw<Command[]>([]);
  lists = $state.raw<List[]>([]);
  name = $state('');
  link = $state<LinkState>('connecting');
  ready = $state(false);
  signedOut = $state(false);
  now = $state.raw(new Date());
  rows = $derived(shownRows(this.confirmed, this.waiting));
  waitingTasks = $derived(new Set(this.waiting.map((command) => command.task)));

  #runs = new Map<string, string>();
  #queue: Queue;
  #feed: Feed;

  constructor(shelf: Shelf = new MemoryShelf()) {
    this.#queue = new Queue(shelf, sendCommand, {
      waiting: (commands) => (this.waiting = commands),
      sent: (command, task) => this.#sent(command, task),
      refused: (command, problem) => this.#refused(command, problem),
      reachable: (yes) => {
        if (!yes) this.link = 'offline';
      },
      signedOut: () => (this.signedOut = true),
    });
    this.#feed = new Feed({
      events: (events) => this.#take(events),
      reset: () => void this.load(),
      state: (state) => {
        if (state === 'live' && this.link !== 'live') void this.#queue.run();
        this.link = state;
      },
      signedOut: () => (this.signedOut = true),
    });
  }

  /** Reads everything, then follows what changes. */
  async load() {
    try {
      const open = await this.#readTasks('status=open');
      this.confirmed = new Map(open.tasks.map((task) => [task.id, task]));
      this.ready = true;
      this.signedOut = false;
      if (open.cursor) this.#feed.start(open.cursor);
      void this.#readLists();
      void this.#readMe();
      const done = await this.#readTasks('status=done', 1);
      this.confirmed = new Map([...done.tasks.map((task) => [task.id, task] as const), ...this.confirmed]);
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 401) this.signedOut = true;
      else {
        this.link = 'offline';
        if (!(error instanceof Unreachable)) toasts.show((error as Error).message);
        setTimeout(() => void this.load(), 3_000);
      }
    }
  }

  /** Called when the device is online again or the window is looked at. */
  wake() {
    this.#feed.wake();
    void this.#queue.run();
  }

  /** Does something: it shows at once and is sent in order. */
  do(deed: Deed): string {
    const command = { ...deed, id: uuid7() } as Command;
    this.waiting = [...this.waiting, command];
    void this.#queue.add(command);
    return command.id;
  }

  complete(task: Task) {
    const done = task.status === 'open';
    this.do({ kind: done ? 'complete' : 'reopen', task: task.id });
    this.offerUndo(done ? words.done.completed(task.title) : words.done.reopened(task.title), task.id);
  }

  trash(task: Task) {
    this.do({ kind: 'delete', task: task.id });
    this.offerUndo(words.done.trashed(task.title), task.id);
  }

  change(task: Task, set: Extract<Deed, { kind: 'change' }>['set']) {
    this.do({ kind: 'change', task: task.id, set, base: this.confirmed.get(task.id)?.version ?? 0 });
  }

  offerUndo(said: string, task: string) {
    this.#runs.delete(task);
    toasts.show(said, [{ words: words.done.undo, run: () => void this.undo({ task }) }]);
  }

  /** Takes back the last run of this client, or the one named; what still waits here is sent first. */
  async undo(what: { task?: string; event?: string; run?: string } = {}) {
    await this.#queue.run();
    const run = what.run ?? (what.task && this.#runs.get(what.task));
    const body = what.event ? { event_id: what.event } : run ? { run_id: run } : {};
    try {
      const answer = await call<{ left?: { because?: string }[] }>({
        method: 'POST',
        path: '/undo',
        body,
        headers: { 'Idempotency-Key': uuid7() },
      });
      const left = answer.left?.[0]?.because;
      toasts.show(left ? words.done.left(left) : words.done.undone);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Says a failure in a toast. */
  fail(error: unknown) {
    if (error instanceof Refused && error.problem.status === 401) this.signedOut = true;
    else toasts.show(error instanceof Refused ? error.message : words.problem.offline);
  }

  async reread(id: string) {
    try {
      this.confirmed = takeTask(this.confirmed, normal(await call<Task>({ path: `/tasks/${id}` })));
    } catch (error) {
      if (!(error instanceof Refused) || error.problem.status !== 404) return;
      const rows = new Map(this.confirmed);
      rows.delete(id);
      this.confirmed = rows;
    }
  }

  #sent(command: Command, task: Task | null) {
    this.link = 'live';
    if (task) this.confirmed = takeTask(this.confirmed, task);
    else void this.reread(command.task);
  }

  #refused(command: Command, problem: Problem) {
    const mine = problem.conflicts?.[0];
    if (command.kind === 'change' && mine) {
      const keep = () => void this.do({ ...command, base: 0 });
      toasts.show(words.conflict, [{ words: words.done.keepMine, run: keep }]);
    } else toasts.show(problem.detail);
    void this.reread(command.task);
  }

  #take(events: ErrandEvent[]) {
    const { rows, reread } = applyEvents(this.confirmed, events);
    this.confirmed = rows;
    for (const id of reread) void this.reread(id);
    for (const event of events) {
      const { task_id, run_id, by } = event.data;
      if (task_id && run_id && by?.kind === 'person') this.#runs.set(task_id, run_id);
      if (event.type.startsWith('errand.reminder.sent.')) this.#remind(event);
      if (event.type.startsWith('errand.list.')) void this.#readLists();
      if (event.type.startsWith('errand.settings.')) void this.#readMe();
    }
  }

  /** The open page is a channel too: a reminder that was sent to it shows as a toast that stays. */
  #remind(event: ErrandEvent) {
    const said = { ...event.data, ...event.data.after } as Record<string, unknown>;
    if (said.channel !== 'page') return;
    const id = event.data.task_id ?? '';
    const row = this.rows.get(id);
    const title = (said.title as string | undefined) ?? row?.title ?? words.reminderTitle;
    const due = (said.due as Task['due'] | undefined) ?? row?.due ?? null;
    const when = typeof due === 'string' ? due : due ? sayMoment(due, this.now, words.day) : '';
    toasts.show(
      words.reminder(title, when),
      row ? [{ words: words.done.open, run: () => (location.hash = `#task/${id}`) }] : [],
      { heading: words.reminderTitle, stays: true, key: event.id },
    );
  }

  async #readTasks(filter: string, pages = 100) {
    const tasks: Task[] = [];
    let after = '';
    let cursor: string | undefined;
    for (let n = 0; n < pages; n++) {
      const page: Page<Task> = await call({ path: `/tasks?${filter}&limit=200${after}` });
      cursor ??= page.cursor;
      tasks.push(...page.items.map(normal));
      if (!page.next) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    return { tasks, cursor };
  }

  async #readLists() {
    const page = await call<Page<List & { title?: string; kind?: string }>>({ path: '/lists?limit=200' }).catch(
      () => null,
    );
    this.lists = (page?.items ?? []).map((list) => ({
      id: list.id,
      name: list.name ?? list.title ?? '',
      inbox: list.inbox || list.kind === 'inbox' || list.name === 'Inbox',
    }));
  }

  async #readMe() {
    const me = await call<{ name?: string; display_name?: string }>({ path: '/me' }).catch(() => null);
    this.name = me?.name ?? me?.display_name ?? '';
  }
}

export const store = new Store();
