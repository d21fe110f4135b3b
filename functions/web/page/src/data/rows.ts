import { positionAfter } from '../tasks/order.ts';
import { fieldsOf, normal, type Command } from './commands.ts';
import type { ErrandEvent, Task } from './types.ts';

export type Rows = ReadonlyMap<string, Task>;

/**
 * What is shown: the confirmed rows with the waiting commands on top. It is always computed anew, so there is nothing to
 * roll back: without the command the row is right again.
 */
export function shownRows(confirmed: Rows, waiting: readonly Command[]): Rows {
  if (!waiting.length) return confirmed;
  const rows = new Map(confirmed);
  for (const command of waiting) {
    const row = applyCommand(rows, command);
    if (row) rows.set(command.task, row);
  }
  return rows;
}

function applyCommand(rows: Rows, command: Command): Task | undefined {
  const row = rows.get(command.task);
  if (command.kind === 'add') {
    if (row) return row;
    return normal({
      id: command.task,
      ...fieldsOf(command.reading ?? undefined, command.text),
      created_at: command.now,
    });
  }
  if (command.kind === 'step') {
    const above = rows.get(command.parent);
    return (
      row ?? normal({ id: command.task, title: command.title, parent_id: command.parent, list_id: above?.list_id })
    );
  }
  if (!row) return undefined;
  switch (command.kind) {
    case 'skip':
      return row;
    case 'change':
      return { ...row, ...command.set };
    case 'move':
      return { ...row, position: positionAfter(command.after === null ? undefined : rows.get(command.after)) };
    case 'complete':
      return { ...row, status: 'done', closed_at: row.closed_at ?? new Date().toISOString() };
    case 'reopen':
      return { ...row, status: 'open', closed_at: null };
    case 'delete':
      return { ...row, deleted_at: new Date().toISOString() };
    case 'restore':
      return { ...row, deleted_at: null };
  }
}

/** Rows after a batch of events, and the tasks that must be read again because the events do not tell enough. */
export function applyEvents(confirmed: Rows, events: readonly ErrandEvent[]): { rows: Rows; reread: Set<string> } {
  const rows = new Map(confirmed);
  const reread = new Set<string>();
  for (const event of events) {
    const id = event.data.task_id;
    const name = event.type.replace(/^errand\./, '').replace(/\.v\d+$/, '');
    if (id && name === 'reminder.snoozed') reread.add(id);
    if (!id || !name.startsWith('task.')) continue;
    if (name === 'task.purged' || name === 'task.left') {
      rows.delete(id);
      reread.delete(id);
    } else if (!applyEvent(rows, id, name, event)) reread.add(id);
  }
  return { rows, reread };
}

/** False when the task must be read again. */
function applyEvent(rows: Map<string, Task>, id: string, name: string, event: ErrandEvent): boolean {
  const { version = 0, after = {} } = event.data;
  const row = rows.get(id);
  if (row && version && version <= row.version) return true;
  if (name === 'task.created') {
    const task = normal({ ...told(after), id, version: version || 1 });
    rows.set(id, task);
    return task.title !== '' && hasInstant(task) && !hasOwn(after);
  }
  if (!row) return false;
  if (version !== row.version + 1) return false;
  const task = { ...row, ...told(after), id, version };
  rows.set(id, task);
  return (name !== 'task.deleted' || 'deleted_at' in after) && hasInstant(task) && !hasOwn(after);
}

/** The fields an event tells; reminders are each member's own, and are read with the task. */
const told = ({ reminders: _, ...after }: Record<string, unknown>) => after as Partial<Task>;
const hasOwn = ({ reminders }: Record<string, unknown>) => Array.isArray(reminders) && reminders.length > 0;

/** A wall time is placed in its zone by the server. */
const hasInstant = (task: Task) => !task.due?.at || Boolean(task.due.instant);

/** Takes a task as the server has it now, unless something newer is known. */
export function takeTask(confirmed: Rows, task: Task): Rows {
  const known = confirmed.get(task.id);
  if (known && known.version > task.version) return confirmed;
  return new Map(confirmed).set(task.id, task);
}
