import { store } from './data/store.svelte.ts';
import type { Task } from './data/types.ts';
import { screen, type Field } from './shell/screen.svelte.ts';
import { groupsOf, namingOf } from './tasks/views.ts';
import { words } from './words.ts';

/** One thing the keyboard can do. The same table feeds the key handler, the palette and the help. */
export interface Key {
  /** As `KeyboardEvent.key`, 'Ctrl+' or 'Alt+' before it where that is held; two words are pressed one after the other. */
  keys: string[];
  words: string;
  /** True when it needs a task that is focused or open. */
  task?: boolean;
  /** Shown in the palette. */
  palette?: boolean;
  run: (task: Task) => void;
}

const go = (hash: string) => () => {
  location.hash = hash;
};
const field = (name: Field) => (task: Task) => {
  screen.task = null;
  // The panel puts the focus when it is made.
  queueMicrotask(() => screen.openTask(task.id, name));
};

export const KEYS: Key[] = [
  { keys: ['Ctrl+k'], words: words.keys.palette, run: () => (screen.palette = true) },
  { keys: ['q'], words: words.keys.add, palette: true, run: () => document.getElementById('quick-add')?.focus() },
  { keys: ['/'], words: words.keys.search, palette: true, run: go('#search/') },
  { keys: ['j', 'ArrowDown'], words: words.keys.next, run: () => step(1) },
  { keys: ['k', 'ArrowUp'], words: words.keys.previous, run: () => step(-1) },
  { keys: ['Enter'], words: words.keys.openTask, task: true, run: (task) => screen.openTask(task.id) },
  { keys: ['e'], words: words.keys.edit, task: true, palette: true, run: field('title') },
  { keys: ['x'], words: words.keys.done, task: true, palette: true, run: complete },
  { keys: ['t'], words: words.keys.due, task: true, palette: true, run: field('due') },
  { keys: ['p'], words: words.keys.priority, task: true, palette: true, run: field('priority') },
  { keys: ['m'], words: words.keys.move, task: true, palette: true, run: field('list') },
  { keys: ['#'], words: words.keys.tags, task: true, palette: true, run: field('tags') },
  { keys: ['Alt+ArrowUp'], words: words.keys.up, task: true, palette: true, run: move(-1) },
  { keys: ['Alt+ArrowDown'], words: words.keys.down, task: true, palette: true, run: move(1) },
  { keys: ['z'], words: words.keys.undo, palette: true, run: () => void store.undo() },
  { keys: ['Delete'], words: words.keys.trash, task: true, palette: true, run: trash },
  { keys: ['c'], words: words.keys.chat, palette: true, run: () => screen.openChat() },
  { keys: ['g i'], words: words.keys.goInbox, palette: true, run: go('#inbox') },
  { keys: ['g t'], words: words.keys.goToday, palette: true, run: go('#today') },
  { keys: ['g u'], words: words.keys.goUpcoming, palette: true, run: go('#upcoming') },
  { keys: ['g o'], words: words.keys.goOverdue, palette: true, run: go('#overdue') },
  { keys: ['g c'], words: words.keys.goCompleted, palette: true, run: go('#completed') },
  { keys: ['g x'], words: words.keys.goTrash, palette: true, run: go('#trash') },
  { keys: ['l'], words: words.keys.newList, palette: true, run: () => (screen.naming = { name: 'list' }) },
  { keys: ['v'], words: words.keys.name, palette: true, run: () => (screen.naming = namingOf(screen.view)) },
  { keys: ['?'], words: words.keys.help, palette: true, run: () => (screen.help = true) },
  { keys: ['Escape'], words: words.keys.back, run: () => void screen.back() },
];

/** Only where the order is the person's own: the other views are sorted by date. */
function move(by: 1 | -1) {
  return (task: Task) => {
    const { view } = screen;
    if (view.name !== 'inbox' && view.name !== 'list') return;
    const shown = groupsOf(view, store.rows, store.now).flatMap((group) => group.tasks);
    store.move(task, shown, by);
  };
}

const THEN = 1_000;
let pending = '';
let pendingAt = 0;

/** The window's key handler. Single keys never act while somebody types, nor when they are turned off (WCAG 2.1.4). */
export function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  const ctrl = event.ctrlKey || event.metaKey;
  const typing = (event.target as HTMLElement).closest?.('input, textarea, select') !== null;
  const single = !ctrl && !event.altKey && event.key !== 'Escape';
  if ((event.altKey && typing) || (single && (typing || !screen.singleKeys))) return;
  const stroke =
    (ctrl ? 'Ctrl+' : '') +
    (event.altKey ? 'Alt+' : '') +
    (event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const sequence = Date.now() - pendingAt < THEN && pending ? `${pending} ${stroke}` : stroke;
  pending = '';
  const key = KEYS.find(({ keys }) => keys.includes(sequence));
  if (key) {
    const task = currentTask();
    // Enter on a control is that control's own.
    if ((key.task && !task) || (stroke === 'Enter' && (event.target as HTMLElement).closest('button, a, summary')))
      return;
    event.preventDefault();
    key.run(task!);
  } else if (KEYS.some(({ keys }) => keys.some((known) => known.startsWith(`${stroke} `)))) {
    pending = stroke;
    pendingAt = Date.now();
  }
}

/** The task that a key is about: the open one, else the focused row. */
export function currentTask(): Task | undefined {
  const row = document.activeElement?.closest<HTMLElement>('[data-task]')?.dataset.task;
  const id = row ?? screen.task;
  return id ? store.rows.get(id) : undefined;
}

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')];

function step(by: 1 | -1) {
  const all = rows();
  const at = all.findIndex((row) => row.closest('li')!.contains(document.activeElement));
  const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
  next?.focus();
}

/** The focus goes on to the next row, so that `X X X` works. */
function leaveRow(act: () => void) {
  const all = rows();
  const at = all.findIndex((row) => row.closest('li')!.contains(document.activeElement));
  act();
  if (at >= 0) (all[at + 1] ?? all[at - 1])?.focus();
}

function complete(task: Task) {
  const box = document.querySelector<HTMLElement>(`[data-task="${task.id}"] [role="checkbox"]`);
  leaveRow(() => (box ? box.click() : store.complete(task)));
}

function trash(task: Task) {
  leaveRow(() => store.trash(task));
  if (screen.task === task.id) screen.task = null;
}
