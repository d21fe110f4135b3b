import { sayMoment } from '../data/days.ts';
import type { Actor, ErrandEvent, Moment, Recurrence, Reminder } from '../data/types.ts';
import { panels } from '../words-panels.ts';
import { words } from '../words.ts';
import { sayRecurrence, sayReminder } from './repeat.ts';

export interface Entry {
  id: string;
  who: string;
  what: string;
  when: Date;
  client: string;
  details: string[];
  /** Only what changed the task can be taken back. */
  undoable: boolean;
}

/** The history as people read it, newest first: who did what, when, with which client. */
export function entriesOf(events: readonly ErrandEvent[], now: Date, listName: (id: string) => string): Entry[] {
  return events
    .map((event): Entry => {
      const name = event.type.replace(/^errand\./, '').replace(/\.v\d+$/, '');
      const by = event.by ?? event.data?.by ?? {};
      return {
        id: event.id,
        who: sayActor(by),
        what: panels.history.types[name] ?? name.replace('.', ' '),
        when: new Date(event.time),
        client: by.client ?? '',
        details: detailsOf(name, event, now, listName),
        undoable: /^(task|series)\./.test(name),
      };
    })
    .sort((a, b) => b.when.getTime() - a.when.getTime() || (a.id < b.id ? 1 : -1));
}

function sayActor({ kind, name }: Actor): string {
  if (kind === 'agent') return panels.history.assistant;
  if (kind === 'system') return panels.history.errand;
  return name ?? panels.history.you;
}

function detailsOf(name: string, { data }: ErrandEvent, now: Date, listName: (id: string) => string): string[] {
  const { before = {}, after = {}, note } = data ?? {};
  if (typeof note === 'string') return [note];
  if (name !== 'task.changed' && !name.startsWith('series.')) return [];
  return Object.keys(after)
    .filter((field) => field in panels.history.fields)
    .map((field) =>
      panels.history.changed(
        panels.history.fields[field]!,
        sayValue(field, before[field], now, listName),
        sayValue(field, after[field], now, listName),
      ),
    );
}

export function sayValue(field: string, value: unknown, now: Date, listName: (id: string) => string): string {
  if (value === null || value === undefined || value === '') return panels.history.nothing;
  if (field === 'due' || field === 'start') return sayMoment(value as Moment, now, words.day);
  if (field === 'recurrence') return sayRecurrence(value as Recurrence);
  if (field === 'reminders') return (value as Reminder[]).map(sayReminder).join(', ') || panels.history.nothing;
  if (field === 'tags') return (value as string[]).map((tag) => `#${tag}`).join(' ') || panels.history.nothing;
  if (field === 'list_id') return listName(value as string);
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  return said.length > 80 ? `${said.slice(0, 79)}…` : said;
}
