import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Command } from './commands.ts';
import type { Shelf } from './queue.ts';
import type { Rows } from './rows.ts';
import type { Task } from './types.ts';

interface Schema extends DBSchema {
  commands: { key: string; value: Command };
  tasks: { key: string; value: Task };
  facts: { key: string; value: string };
}

/** What this browser keeps: commands until they are sent, and the last rows seen, to show something while offline. */
export class Database implements Shelf {
  #db: IDBPDatabase<Schema>;
  #kept: Rows = new Map();
  /** Other windows of this browser share the queue. */
  #windows = new BroadcastChannel('errand-queue');

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(name = 'errand'): Promise<Database> {
    return new Database(
      await openDB<Schema>(name, 1, {
        upgrade(db) {
          db.createObjectStore('commands', { keyPath: 'id' });
          db.createObjectStore('tasks', { keyPath: 'id' });
          db.createObjectStore('facts');
        },
      }),
    );
  }

  /** Ids sort by the moment they were made, so this is the order in which things were done. */
  all = () => this.#db.getAll('commands');

  async put(command: Command) {
    // A proxy of the screen cannot be stored.
    await this.#db.put('commands', JSON.parse(JSON.stringify(command)) as Command);
    this.#windows.postMessage(null);
  }

  async remove(id: string) {
    await this.#db.delete('commands', id);
    this.#windows.postMessage(null);
  }

  /** Calls back when another window changed the queue. */
  onChange(act: () => void) {
    this.#windows.onmessage = act;
  }

  async rows(): Promise<Rows> {
    const tasks = await this.#db.getAll('tasks');
    this.#kept = new Map(tasks.map((task) => [task.id, task]));
    return this.#kept;
  }

  /** Keeps these rows; only what differs from the last time is written. */
  async keep(rows: Rows) {
    const before = this.#kept;
    this.#kept = rows;
    const tx = this.#db.transaction('tasks', 'readwrite');
    for (const [id, task] of rows) if (before.get(id) !== task) void tx.store.put(task);
    for (const id of before.keys()) if (!rows.has(id)) void tx.store.delete(id);
    await tx.done;
  }

  /** Forgets everything when somebody else signed in here; false when it did. */
  async belongsTo(user: string): Promise<boolean> {
    const before = await this.#db.get('facts', 'user');
    if (before === user) return true;
    if (before !== undefined) await this.clear();
    await this.#db.put('facts', user, 'user');
    return before === undefined;
  }

  async clear() {
    this.#kept = new Map();
    await Promise.all([this.#db.clear('commands'), this.#db.clear('tasks'), this.#db.clear('facts')]);
  }

  close() {
    this.#windows.close();
    this.#db.close();
  }
}
