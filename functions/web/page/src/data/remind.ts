import { words } from '../words.ts';
import { momentOf, sayMoment } from './days.ts';
import type { ErrandEvent, Moment, Task } from './types.ts';

/** The words of a reminder that was sent to the open page; null for what was sent by another channel. */
export function reminderOf({ data }: ErrandEvent, row: Task | undefined, now: Date): string | null {
  const said = { ...data, ...data.after } as { channel?: string; title?: string; due?: string | Moment };
  if (said.channel !== 'page') return null;
  const due = said.due ?? row?.due ?? null;
  const moment = typeof due === 'string' ? momentOf(due) : due;
  return words.reminder(
    said.title ?? row?.title ?? words.reminderTitle,
    moment ? sayMoment(moment, now, words.day) : '',
  );
}

/** The words of a reminder that could not be sent, and what to try again. */
export function failureOf({ data }: ErrandEvent, row: Task | undefined): { said: string; delivery: string } {
  const { channel, title, delivery } = data as { channel?: string; title?: string; delivery?: string };
  return {
    said: words.notSent(
      title ?? row?.title ?? words.reminderTitle,
      words.deliveries.channels[channel ?? ''] ?? channel ?? '',
    ),
    delivery: delivery ?? '',
  };
}
