import { call } from './api.ts';
import type { Interpretation, Moment, Reading, Recurrence, Task } from './types.ts';

/** What a person did, complete enough to be sent later, by another window, or twice. */
export type Command = { id: string; task: string } & (
  | { kind: 'add'; text: string; now: string; zone: string; literal: [number, number][]; reading: Reading | null }
  | { kind: 'step'; title: string; parent: string }
  | { kind: 'change'; set: Changes; base: number; following?: boolean }
  | { kind: 'move'; after: string | null }
  | { kind: 'complete' | 'reopen' | 'skip' | 'delete' | 'restore' }
);

/** Fields a person can set by hand; each replaces the whole field. */
export type Changes = Partial<
  Pick<
    Task,
    'title' | 'notes' | 'due' | 'start' | 'deadline' | 'priority' | 'tags' | 'list_id' | 'reminders' | 'recurrence'
  >
>;

/** A command without its id, as the screen gives it. */
export type Deed = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;

/** Sends one command. The answer is the task, or null when only the feed will tell. */
export async function sendCommand(command: Command): Promise<Task | null> {
  const key = { 'Idempotency-Key': command.id };
  const task = `/tasks/${command.task}`;
  switch (command.kind) {
    case 'add':
      return add(command, key);
    case 'step': {
      const body = { id: command.task, title: command.title, parent_id: command.parent };
      return asTask(await call({ method: 'POST', path: '/tasks', body, headers: key }));
    }
    case 'change':
      return asTask(
        await call({
          method: 'PATCH',
          path: command.following ? `${task}?scope=following` : task,
          body: command.set,
          headers: command.base > 0 ? { ...key, 'Base-Version': String(command.base) } : key,
        }),
      );
    case 'move':
      return asTask(await call({ method: 'POST', path: `${task}/move`, body: { after: command.after }, headers: key }));
    case 'delete':
      return asTask(await call({ method: 'DELETE', path: task, headers: key }));
    default:
      return asTask(await call({ method: 'POST', path: `${task}/${command.kind}`, body: {}, headers: key }));
  }
}

async function add(command: Command & { kind: 'add' }, headers: Record<string, string>): Promise<Task | null> {
  const reading =
    command.reading ?? (await interpret(command.text, command.now, command.zone, command.literal)).items[0];
  if (!reading?.command) {
    const body = { id: command.task, ...fieldsOf(reading, command.text) };
    return asTask(await call({ method: 'POST', path: '/tasks', body, headers }));
  }
  const commands = [{ ...reading.command, id: command.task }];
  const answer = await call<{ results?: unknown[] }>({
    method: 'POST',
    path: '/commands',
    body: { mode: 'all', commands },
    headers,
  });
  const result = answer.results?.[0] as { task?: unknown } | undefined;
  return asTask(result?.task ?? result);
}

/** What a line of text would do; nothing is done. */
export function interpret(text: string, now: string, zone: string, literal: [number, number][], signal?: AbortSignal) {
  const language = navigator.language;
  const body = { text, mode: 'add', now, time_zone: zone, language, ...(literal.length ? { literal } : {}) };
  return call<Interpretation>({ method: 'POST', path: '/interpret', body, signal });
}

/** The body of a create, from what was read. */
export function fieldsOf(reading: Reading | undefined, text: string): Changes & { title: string } {
  const fields: Changes & { title: string } = { title: reading?.title || text };
  if (!reading) return fields;
  if (reading.due) fields.due = bare(reading.due);
  if (reading.recurrence) fields.recurrence = bareRule(reading.recurrence);
  if (reading.reminders.length) fields.reminders = reading.reminders;
  if (reading.tags.length) fields.tags = reading.tags;
  if (reading.priority) fields.priority = reading.priority;
  return fields;
}

/** A moment as a write takes it: without what the server computes. */
export function bare(moment: Moment): Moment {
  return moment.at ? { at: moment.at, time_zone: moment.time_zone ?? null } : { date: moment.date };
}

/** A rule as a write takes it. */
export const bareRule = ({ rrule, from, start, time_zone, missed }: Recurrence): Recurrence => ({
  rrule,
  ...(from ? { from } : {}),
  ...(start ? { start, time_zone } : {}),
  ...(missed ? { missed } : {}),
});

/**
 * What a repetition written in words sets on a task. A day in the words keeps the time that the task already has: "every other
 * friday" on something due at 18:30 stays at 18:30.
 */
export function repeating(reading: Reading | undefined, now: Moment | null, had?: Recurrence | null): Changes | null {
  if (!reading?.recurrence) return null;
  const rule = { ...reading.recurrence, missed: had?.missed };
  const first = reading.due && bare(reading.due);
  if (!first) return { recurrence: bareRule(rule) };
  const time = now?.at?.slice(10);
  if (!first.date || !time) return { due: first, recurrence: bareRule(rule) };
  const due = { at: first.date + time, time_zone: now?.time_zone ?? null };
  return { due, recurrence: bareRule({ ...rule, start: due.at, time_zone: due.time_zone }) };
}

function asTask(answer: unknown): Task | null {
  const task = answer as Partial<Task> | null;
  return task && typeof task.id === 'string' && typeof task.title === 'string' ? normal(task) : null;
}

/** A task with every field the page reads, whatever an older or newer server left out. */
export function normal(task: Partial<Task>): Task {
  return { ...EMPTY, ...task } as Task;
}

const EMPTY: Omit<Task, 'id'> = {
  version: 0,
  title: '',
  notes: '',
  status: 'open',
  due: null,
  start: null,
  deadline: null,
  priority: 'none',
  tags: [],
  list_id: null,
  parent_id: null,
  reminders: [],
  recurrence: null,
  series_id: null,
  position: '',
  created_at: '',
  closed_at: null,
  deleted_at: null,
};
