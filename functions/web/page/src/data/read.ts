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

/** All of a listing, page by page. */
export async function readAll<T>(path: string, pages = PAGES): Promise<T[]> {
  const items: T[] = [];
  for (let after = '', n = 0; n < pages; n++) {
    const page = await call<Page<T>>({ path: `${path}?limit=${PAGE}${after}` });
    items.push(...page.items);
    if (!page.next) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return items;
}

/** What is in the trash; the newest thousand are enough to look for a slip. */
export const readTrash = async () => (await readAll<Task>('/trash', 5)).map(normal);

export const readTask = async (id: string) => normal(await call<Task>({ path: `/tasks/${id}` }));

export const readLists = async () => (await readAll<List>('/lists')).filter((list) => !list.archived);

export const readViews = () => readAll<SavedView>('/views');

export const readSettings = () => call<PersonSettings>({ path: '/me/settings' });

export const readMe = () => call<{ id?: string; name?: string }>({ path: '/me' });
