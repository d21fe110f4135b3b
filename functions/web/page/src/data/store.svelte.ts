import { placeOf } from '../tasks/order.ts';
import { toasts } from '../shell/toasts.svelte.ts';
import { words } from '../words.ts';
import { call, Refused, Unreachable } from './api.ts';
import { sendCommand, type Changes, type Command, type Deed } from './commands.ts';
import { Database } from './database.ts';
import { deviceZone, sayMoment, sayTime } from './days.ts';
import { Feed, type LinkState } from './feed.ts';
import { MemoryShelf, Queue } from './queue.ts';
import { readLists, readMe, readSettings, readTask, readTasks, readTrash, readViews } from './read.ts';
import { failureOf, reminderOf } from './remind.ts';
import { applyEvents, shownRows, takeTask, type Rows } from './rows.ts';
import type { Conflict, ErrandEvent, List, PersonSettings, Problem, SavedView, Task } from './types.ts';
import { uuid7 } from './uuid7.ts';

const AGAIN = 3_000;
const KEEP_AFTER = 300;
const SNOOZE = 10;

/** Everything the page shows: confirmed rows from the feed, and on top what this browser has not sent yet. */
class Store {
  confirmed = $state.raw<Rows>(new Map());
  waiting = $state.raw<Command[]>([]);
  lists = $state.raw<List[]>([]);
  views = $state.raw<SavedView[]>([]);
  /** The tasks of the saved view that is shown. */
  found = $state.raw<ReadonlySet<string>>(new Set());
  settings = $state.raw<PersonSettings | null>(null);
  /** Raised by each message that went out, or could not. */
  delivered = $state(0);
  /** Raised by each comment, of whatever task. */
  commented = $state(0);
  name = $state('');
  ready = $state(false);
  signedOut = $state(false);
  now = $state.raw(new Date());
  rows = $derived(shownRows(this.confirmed, this.waiting));
  waitingTasks = $derived(new Set(this.waiting.map((command) => command.task)));

  #feedState = $state<LinkState>('connecting');
  #reachable = $state(true);
  link = $derived<LinkState>(this.#reachable ? this.#feedState : 'offline');

  /** The last run of each task that was changed here: what its "Undo" takes back. */
  #runs = new Map<string, string>();
  /** What was answered since the last snapshot was asked for; that may be newer than it. */
  #answered = new Map<string, Task>();
  #database: Database | null = null;
  #queue: Promise<Queue> | null = null;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #feed = new Feed({
    events: (events) => this.#take(events),
    reset: () => void this.load(),
    state: (state) => {
      if (state === 'live' && this.#feedState !== 'live') void this.#queue?.then((queue) => queue.run());
      this.#feedState = state;
    },
    signedOut: () => (this.signedOut = true),
  });

  /** Shows what this browser kept, then what the server has, then follows what changes. */
  start() {
    this.#queue = this.#open();
    void this.#queue.then((queue) => queue.tell()).then(() => this.load());
  }

  async load() {
    this.#answered.clear();
    try {
      const open = await readTasks('status=open');
      const rows: Rows = new Map(open.tasks.map((task) => [task.id, task]));
      this.#put([...this.#answered.values()].reduce(takeTask, rows));
      this.ready = true;
      this.signedOut = false;
      this.#reachable = true;
      if (open.cursor) this.#feed.start(open.cursor);
      void this.readAround();
      const done = await readTasks('status=done', 1);
      this.#put(new Map([...done.tasks.map((task) => [task.id, task] as const), ...this.confirmed]));
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 401) {
        this.signedOut = true;
        return;
      }
      this.#reachable = false;
      if (!(error instanceof Unreachable)) this.fail(error);
      setTimeout(() => void this.load(), AGAIN);
    }
  }

  /** Called when the device is online again or the window is looked at. */
  wake() {
    this.#feed.wake();
    void this.#queue?.then((queue) => queue.run());
  }

  /** Does something: it shows at once and is sent in order. */
  do(deed: Deed) {
    const command = $state.snapshot({ ...deed, id: uuid7() }) as Command;
    this.waiting = [...this.waiting, command];
    void this.#queue?.then((queue) => queue.add(command));
  }

  complete(task: Task) {
    const closes = task.status === 'open';
    this.do({ kind: closes ? 'complete' : 'reopen', task: task.id });
    this.offerUndo(closes ? words.done.completed(task.title) : words.done.reopened(task.title), task.id);
  }

  trash(task: Task) {
    this.do({ kind: 'delete', task: task.id });
    this.offerUndo(words.done.trashed(task.title), task.id);
  }

  /** Passes over this occurrence: the task moves to the next one. */
  skip(task: Task) {
    this.do({ kind: 'skip', task: task.id });
    this.offerUndo(words.done.skipped(task.title), task.id);
  }

  /** Changes fields; with `following` also those of the occurrences to come. */
  change(task: Task, set: Changes, following = false) {
    const base = this.confirmed.get(task.id)?.version ?? 0;
    this.do({ kind: 'change', task: task.id, set, base, ...(following ? { following } : {}) });
  }

  addStep(above: Task, title: string) {
    this.do({ kind: 'step', task: uuid7(), title, parent: above.id });
  }

  restore(task: Task) {
    this.do({ kind: 'restore', task: task.id });
    this.offerUndo(words.trash.restored(task.title), task.id);
  }

  /** Reads what is in the trash, which is not kept up to date by itself: only what was deleted since is known. */
  async readTrash() {
    try {
      this.know(await readTrash());
    } catch (error) {
      this.fail(error);
    }
  }

  /** Takes tasks that were read beside the feed. */
  know(tasks: Task[]) {
    if (tasks.length) this.#put(tasks.reduce(takeTask, this.confirmed));
  }

  /** Removes what is in the trash for good. */
  async emptyTrash() {
    const gone = await this.post<{ purged: number }>('/trash', undefined, 'DELETE');
    if (!gone) return;
    this.#put(new Map([...this.confirmed].filter(([, task]) => !task.deleted_at)));
    toasts.show(words.trash.emptied(gone.purged));
  }

  /** Changes what the person set. Answers whether it could be. */
  async set(changes: Partial<PersonSettings>): Promise<boolean> {
    const settings = await this.post<PersonSettings>('/me/settings', changes, 'PATCH');
    if (settings) this.settings = settings;
    return settings !== null;
  }

  /** One place up or down in the order in which the view shows its tasks. */
  move(task: Task, shown: readonly Task[], by: 1 | -1) {
    const place = placeOf(shown, task, by);
    if (!place) return;
    this.do({ kind: 'move', task: task.id, after: place.after });
    this.offerUndo(words.done.moved(task.title, place.place, place.of), task.id);
  }

  offerUndo(said: string, task: string) {
    this.#runs.delete(task);
    toasts.show(said, [{ words: words.done.undo, run: () => void this.undo({ task }) }]);
  }

  /** Takes back the last run of this client, or the one named; what was not sent yet is only forgotten. */
  async undo(what: { task?: string; event?: string; run?: string } = {}) {
    const queue = await this.#queue;
    const last = this.waiting.at(-1);
    if (this.link === 'offline' && last && (!what.task || last.task === what.task)) {
      await queue?.drop(last.id);
      toasts.show(words.done.undone);
      return;
    }
    await queue?.run();
    const run = what.run ?? (what.task && this.#runs.get(what.task));
    const body = what.event ? { event_id: what.event } : run ? { run_id: run } : {};
    try {
      const headers = { 'Idempotency-Key': uuid7() };
      const answer = await call<{ left?: { because?: string }[] }>({ method: 'POST', path: '/undo', body, headers });
      const left = answer.left?.[0]?.because;
      toasts.show(left ? words.done.left(left) : words.done.undone);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Says a failure in a toast. */
  fail(error: unknown) {
    if (error instanceof Refused && error.problem.status === 401) this.signedOut = true;
    else toasts.show(error instanceof Unreachable ? words.problem.offline : (error as Error).message);
  }

  async reread(id: string) {
    try {
      this.#answer(await readTask(id));
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 410].includes(error.problem.status)) return;
      const rows = new Map(this.confirmed);
      rows.delete(id);
      this.#put(rows);
    }
  }

  async #open(): Promise<Queue> {
    // Where the browser forbids storage, what is done lasts as long as the window.
    this.#database = await Database.open().catch(() => null);
    const kept = await this.#database?.rows();
    if (kept?.size && !this.ready) {
      this.confirmed = kept;
      this.ready = true;
    }
    const queue = new Queue(this.#database ?? new MemoryShelf(), sendCommand, {
      waiting: (commands) => (this.waiting = commands),
      sent: (command, task) => this.#sent(command, task),
      refused: (command, problem) => this.#refused(command, problem),
      reachable: (yes) => (this.#reachable = yes),
      signedOut: () => (this.signedOut = true),
    });
    this.#database?.onChange(() => void this.#otherWindow(queue));
    return queue;
  }

  #answer(task: Task) {
    this.#answered.set(task.id, task);
    this.#put(takeTask(this.confirmed, task));
  }

  /** Another window changed the queue. What it sent is read before it waits no longer here, so that no row blinks. */
  async #otherWindow(queue: Queue) {
    const left = new Set(((await this.#database?.all()) ?? []).map((command) => command.id));
    const gone = this.waiting.filter((command) => !left.has(command.id));
    await Promise.all(gone.map((command) => this.reread(command.task)));
    await queue.tell();
  }

  #put(rows: Rows) {
    this.confirmed = rows;
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => void this.#database?.keep(this.confirmed), KEEP_AFTER);
  }

  async #sent(command: Command, task: Task | null) {
    if (task) this.#answer(task);
    else await this.reread(command.task);
    const made = command.kind === 'add' && this.confirmed.get(command.task);
    if (made)
      this.offerUndo(words.done.added(made.title, made.due && sayMoment(made.due, this.now, words.day)), made.id);
  }

  #refused(command: Command, problem: Problem) {
    if (command.kind === 'change' && problem.conflicts?.length) {
      const keep = () => void this.do({ ...command, base: 0 });
      const mine = { words: words.done.keepMine, run: keep };
      const theirs = { words: words.done.keepTheirs, run: () => {} };
      void this.#ask(problem.conflicts, [mine, theirs]);
    } else toasts.show(problem.detail);
    void this.reread(command.task);
  }

  /** Conflicts are rare: how they are told is loaded with the first. */
  async #ask(conflicts: readonly Conflict[], choices: { words: string; run: () => void }[]) {
    const { sayConflicts } = await import('./conflict.ts');
    toasts.show(sayConflicts(conflicts, this.now), choices, { stays: true });
  }

  #take(events: ErrandEvent[]) {
    const { rows, reread } = applyEvents(this.confirmed, events);
    this.#put(rows);
    for (const id of reread) void this.reread(id);
    for (const event of events) {
      const { task_id, run_id, by } = event.data;
      if (task_id && run_id && by?.kind === 'person') this.#runs.set(task_id, run_id);
      if (event.type.startsWith('errand.reminder.sent.')) this.#remind(event);
      if (event.type.startsWith('errand.reminder.failed.')) this.#tellFailure(event);
      if (/^errand\.reminder\.(sent|failed)\./.test(event.type)) this.delivered += 1;
      if (event.type.startsWith('errand.comment.')) this.commented += 1;
    }
    if (events.some(({ type }) => /^errand\.(list|view|settings)\./.test(type))) void this.readAround();
  }

  /** The open page is a channel too: what was sent to it stays until it is sent away. */
  #remind(event: ErrandEvent) {
    const id = event.data.task_id ?? '';
    const row = this.rows.get(id);
    const said = reminderOf(event, row, this.now);
    if (said === null) return;
    const open = { words: words.done.open, run: () => (location.hash = `#task/${id}`) };
    const snooze = { words: words.done.snooze, run: () => void this.snooze(id) };
    toasts.show(said, row ? [open, snooze] : [], { heading: words.reminderTitle, stays: true, key: event.id });
  }

  /** Puts the task's reminder off; one that has none gets one. */
  async snooze(id: string, minutes = SNOOZE) {
    const until = new Date(Date.now() + minutes * 60_000);
    if (await this.post(`/tasks/${id}/snooze`, { until })) toasts.show(words.done.snoozed(sayTime(until)));
  }

  #tellFailure(event: ErrandEvent) {
    const { said, delivery } = failureOf(event, this.rows.get(event.data.task_id ?? ''));
    const retry = { words: words.done.retry, run: () => void this.post(`/deliveries/${delivery}/retry`, {}) };
    toasts.show(said, delivery ? [retry] : [], { stays: true, key: event.id });
  }

  /** Writes what needs the server at once; says why where it cannot be. Null then, else the answer. */
  async post<T extends object>(path: string, body: unknown = {}, method = 'POST'): Promise<T | null> {
    try {
      return (await call<T | null>({ method, path, body, headers: { 'Idempotency-Key': uuid7() } })) ?? ({} as T);
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  /** Once for each window: a device in another zone than the person asks whether they travelled. */
  #askedZone = false;
  #askZone({ time_zone: zone, follow_device: follow }: PersonSettings) {
    const here = deviceZone();
    // Etc/UTC is UTC.
    if (this.#askedZone || here === zone.replace('Etc/', '') || follow === 'never') return;
    this.#askedZone = true;
    const use = () => void this.set({ time_zone: here });
    if (follow === 'always') return use();
    const keep = { words: words.settings.keep, run: () => void this.set({ follow_device: 'never' }) };
    toasts.show(words.settings.otherZone(here), [{ words: words.settings.change, run: use }, keep], { stays: true });
  }

  #reading = 0;

  /** Lists, views, the person and what they set: small, so they are read whole. Of several readings the newest counts. */
  async readAround() {
    const reading = ++this.#reading;
    const all = [readLists(), readViews(), readMe(), readSettings()] as const;
    const [lists, views, me, settings] = await Promise.allSettled(all);
    if (reading !== this.#reading) return;
    if (lists.status === 'fulfilled') this.lists = lists.value;
    if (views.status === 'fulfilled') this.views = views.value;
    if (settings.status === 'fulfilled') {
      this.settings = settings.value;
      this.#askZone(settings.value);
    }
    if (me.status === 'rejected') return;
    this.name = me.value.name ?? '';
    if (!me.value.id || (await this.#database?.belongsTo(me.value.id)) !== false) return;
    this.#put(this.confirmed);
    await (await this.#queue)?.tell();
  }
}

export const store = new Store();
