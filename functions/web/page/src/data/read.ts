import { call } from './api.ts';
import { normal } from './commands.ts';
import type { List, PersonSettings, SavedView, Task } from './types.ts';

interface Page<T> {
  items: T[];
  next: string | null;
  cursor?: string;
}

const PAGE = 200;
/** More open tasks than the server allows. */
const PAGES = 500;

/** All tasks of a filter, those that start later too, page by page, and the cursor from which the feed goes on. */
export async function readTasks(filter: string, pages = PAGES) {
  const tasks: Task[] = [];
  let after = '';
  let cursor: string | undefined;
  for (let n = 0; n < pages; n++) {
    const page = await call<Page<Task>>({ path: `/tasks?${filter}&hidden=true&limit=${PAGE}${after}` });
    // The first page's cursor: what changes while the others are read comes again, and is recognised by its version.
    cursor ??= page.cursor;
    tasks.push(...page.items.map(normal));
    if (!page.next) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return { tasks, cursor };
}

/** What is in the trash; the newest thousand are enough to look for a slip. */
export async function readTrash(): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let after = '', n = 0; n < 5; n++) {
    const page = await call<Page<Task>>({ path: `/trash?limit=${PAGE}${after}` });
    tasks.push(...page.items.map(normal));
    if (!page.next) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return tasks;
}

export const readTask = async (id: string) => normal(await call<Task>({ path: `/tasks/${id}` }));

export async function readLists(): Promise<List[]> {
  const page = await call<Page<List>>({ path: `/lists?limit=${PAGE}` });
  return page.items.filter((list) => !list.archived && !list.deleted_at);
}

export const readViews = async () => (await call<Page<SavedView>>({ path: '/views' })).items;

export const readSettings = () => call<PersonSettings>({ path: '/me/settings' });

export const readMe = () => call<{ id?: string; name?: string }>({ path: '/me' });
