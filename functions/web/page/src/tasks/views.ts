import { addDays, dayOf, dayOfMoment, isLate, sayDay, sortKey } from '../data/days.ts';
import type { Rows } from '../data/rows.ts';
import type { List, SavedView, Task } from '../data/types.ts';
import { words } from '../words.ts';

export const VIEWS = ['inbox', 'today', 'upcoming', 'overdue', 'completed'] as const;
export type ViewName = (typeof VIEWS)[number] | 'trash';
export type View = { name: ViewName } | { name: 'list' | 'view'; id: string } | { name: 'search'; text: string };

/** What is to be named: a new list, a list or view that is there (`id`), or a search to be kept. */
export interface Naming {
  name: 'list' | 'view';
  id?: string;
  text?: string;
  filter?: string;
}

/** What can be named, or named anew, where one looks at a view. */
export function namingOf(view: View): Naming | null {
  if (view.name === 'list' || view.name === 'view') return { name: view.name, id: view.id };
  if (view.name !== 'search' || !view.text) return null;
  const said = view.text.replaceAll('"', '');
  const filter = said.startsWith('#') ? `tag="${said.slice(1)}"` : `text~"${said}"`;
  return { name: 'view', text: view.text, filter: `status=open and ${filter}` };
}

export interface Group {
  key: string;
  title: string;
  late: boolean;
  tasks: Task[];
}

/** The view that the address names: `#today`, `#list/ID`, `#search/words`. */
export function viewOf(hash: string): View | null {
  const [name = '', rest = ''] = hash.replace(/^#/, '').split(/\/(.*)/s);
  if ((name === 'list' || name === 'view') && rest) return { name, id: rest };
  if (name === 'search') return { name, text: decodeURIComponent(rest) };
  const known = [...VIEWS, 'trash' as const].find((view) => view === name);
  return known ? { name: known } : null;
}

export const hashOf = (view: View) =>
  view.name === 'list' || view.name === 'view'
    ? `#${view.name}/${view.id}`
    : view.name === 'search'
      ? `#search/${encodeURIComponent(view.text)}`
      : `#${view.name}`;

export function titleOf(view: View, lists: List[], saved: SavedView[]): string {
  if (view.name === 'list') return lists.find((list) => list.id === view.id)?.name ?? words.views.lists;
  if (view.name === 'view') return saved.find((one) => one.id === view.id)?.name ?? words.views.saved;
  if (view.name === 'search') return view.text ? words.views.found(view.text) : words.views.search;
  return words.views[view.name];
}

/** The tasks of a view, in the groups and the order in which it shows them. */
export function groupsOf(view: View, rows: Rows, now: Date, found?: ReadonlySet<string>): Group[] {
  const tasks = [...rows.values()].filter((task) => belongs(view, task, now, found));
  if (view.name === 'trash') return one(tasks.sort((a, b) => compare(b.deleted_at ?? '', a.deleted_at ?? '')));
  if (view.name === 'completed') {
    tasks.sort((a, b) => compare(b.closed_at ?? '', a.closed_at ?? ''));
    return byDay(tasks, now, (task) => dayOf(new Date(task.closed_at ?? task.created_at))).reverse();
  }
  tasks.sort(view.name === 'inbox' || view.name === 'list' ? byPosition : byDue);
  if (view.name === 'upcoming') return byDay(tasks, now, (task) => dayOfMoment(task.due) ?? '');
  if (view.name !== 'today') return one(tasks);
  const late = tasks.filter((task) => (dayOfMoment(task.due) ?? '') < dayOf(now));
  const today = tasks.filter((task) => !late.includes(task));
  if (!late.length) return one(today);
  return [
    { key: 'late', title: words.groups.late, late: true, tasks: late },
    ...(today.length ? [{ key: 'today', title: words.views.today, late: false, tasks: today }] : []),
  ];
}

/** The first rows of the groups: a long list is drawn as far as one scrolls. */
export function firstOf(groups: readonly Group[], limit: number): Group[] {
  const shown: Group[] = [];
  let left = limit;
  for (const group of groups) {
    if (left <= 0) break;
    shown.push({ ...group, tasks: group.tasks.slice(0, left) });
    left -= group.tasks.length;
  }
  return shown;
}

/** How many tasks wait in a view; completed ones are not counted. */
export function countOf(view: View, rows: Rows, now: Date): number {
  let count = 0;
  for (const task of rows.values()) if (belongs(view, task, now)) count += 1;
  return count;
}

/** The first task after today, for "Next: call mom, tomorrow 15:00". */
export function nextOf(rows: Rows, now: Date): Task | undefined {
  return groupsOf({ name: 'upcoming' }, rows, now)[0]?.tasks[0];
}

/** What a saved view holds only the server knows: `found`. */
function belongs(view: View, task: Task, now: Date, found?: ReadonlySet<string>): boolean {
  if (view.name === 'trash' || task.deleted_at) return view.name === 'trash' && task.deleted_at !== null;
  if (view.name === 'view') return found?.has(task.id) ?? false;
  const open = task.status !== 'done' && task.status !== 'dropped';
  if (view.name === 'search') return view.text !== '' && matches(task, view.text.toLowerCase());
  if (view.name === 'completed') return task.status === 'done';
  if (!open) return false;
  const today = dayOf(now);
  const day = dayOfMoment(task.due);
  if (view.name === 'upcoming') return day !== null && day > today;
  if ((dayOfMoment(task.start) ?? '') > today) return false;
  switch (view.name) {
    case 'inbox':
      return task.list_id === null;
    case 'today':
      return day !== null && day <= today;
    case 'overdue':
      return isLate(task.due, now);
    case 'list':
      return task.list_id === view.id;
  }
}

const matches = (task: Task, text: string) =>
  task.title.toLowerCase().includes(text) ||
  task.notes.toLowerCase().includes(text) ||
  task.tags.some((tag) => `#${tag.toLowerCase()}`.includes(text));

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byDue = (a: Task, b: Task) => compare(sortKey(a.due), sortKey(b.due)) || compare(a.id, b.id);
const byPosition = (a: Task, b: Task) =>
  compare(a.position || '~', b.position || '~') || compare(a.created_at, b.created_at) || compare(a.id, b.id);

const one = (tasks: Task[]): Group[] => (tasks.length ? [{ key: 'all', title: '', late: false, tasks }] : []);

function byDay(tasks: Task[], now: Date, day: (task: Task) => string): Group[] {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) groups.set(day(task), [...(groups.get(day(task)) ?? []), task]);
  return [...groups]
    .sort(([a], [b]) => compare(a, b))
    .map(([key, group]) => ({ key, title: titleOfDay(key, now), late: false, tasks: group }));
}

function titleOfDay(day: string, now: Date): string {
  const said = sayDay(day, now, words.day);
  const date = new Date(`${day}T00:00:00`);
  const near = day > dayOf(now) && day < addDays(dayOf(now), 7);
  const extra = near && date.toLocaleDateString(navigator.language, { day: 'numeric', month: 'short' });
  const title = extra ? `${said}, ${extra}` : said;
  return title.charAt(0).toLocaleUpperCase() + title.slice(1);
}
