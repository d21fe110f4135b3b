import { sayMoment } from '../data/days.ts';
import type { Interpretation, Reading } from '../data/types.ts';
import { words } from '../words.ts';
import { sayRecurrence, sayReminder } from './repeat.ts';

/** A piece of the line that was read as something, and that can be refused. */
export interface Chip {
  text: string;
  kind: string;
  said: string;
  refused: boolean;
  /** Which of the things to do it belongs to. */
  item: number;
}

/** What the words became that need no chip: the title is shown as such, the rest says nothing new. */
const SILENT = ['title', 'intent', 'literal'];

/** The chips under the line: what was read, then what the person refused. */
export function chipsOf(text: string, answer: Interpretation | null, refused: readonly string[], now: Date): Chip[] {
  const read = (answer?.spans ?? [])
    .filter(({ is }) => !SILENT.includes(is))
    .map(({ from, to, is, item = 0 }): Chip => {
      const piece = text.slice(from, to).trim();
      return { text: piece, kind: is, said: say(is, answer?.items[item], piece, now), refused: false, item };
    })
    .filter((chip) => chip.text !== '');
  const not = refused
    .filter((piece) => text.includes(piece))
    .map((piece): Chip => ({ text: piece, kind: 'literal', said: piece, refused: true, item: 0 }));
  return [...read, ...not];
}

/** Where the refused words stand in the line, for `literal`. */
export function literalOf(text: string, refused: readonly string[]): [number, number][] {
  return refused
    .map((piece): [number, number] => [text.indexOf(piece), text.indexOf(piece) + piece.length])
    .filter(([from]) => from >= 0)
    .sort(([a], [b]) => a - b);
}

/** What can be read without the server: `#tag` and `!high`. Date words wait for it. */
export function readOffline(text: string): Reading {
  const tags = [...text.matchAll(/(?:^|\s)#([\p{L}\p{N}_-]+)/gu)].map(([, tag]) => tag!);
  const priority = /(?:^|\s)!(low|medium|high)\b/i.exec(text)?.[1]?.toLowerCase() as Reading['priority'];
  const title = text
    .replace(/(^|\s)#[\p{L}\p{N}_-]+/gu, '$1')
    .replace(/(^|\s)!(low|medium|high)\b/gi, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    intent: 'create_task',
    title: title || text,
    due: null,
    recurrence: null,
    reminders: [],
    tags,
    priority: priority ?? null,
  };
}

function say(kind: string, item: Reading | undefined, piece: string, now: Date): string {
  switch (kind) {
    case 'due':
    case 'date':
    case 'time':
      return item?.due ? sayMoment(item.due, now, words.day) : piece;
    case 'recurrence':
    case 'repeat':
      return item?.recurrence ? sayRecurrence(item.recurrence) : piece;
    case 'reminder':
    case 'reminders':
      return item?.reminders.map(sayReminder).join(', ') || piece;
    default:
      return piece;
  }
}
