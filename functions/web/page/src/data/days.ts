import type { Moment } from './types.ts';

// Days and moments as the person's clock shows them. A day is 'YYYY-MM-DD'; comparing days is comparing strings.

const two = (n: number) => String(n).padStart(2, '0');

export const dayOf = (date: Date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
export const timeOf = (date: Date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

/** Local midnight of a day; noon would do as well, nobody sees the hour. */
const midnight = (day: string) => new Date(`${day}T00:00:00`);

export const addDays = (day: string, days: number) => {
  const date = midnight(day);
  date.setDate(date.getDate() + days);
  return dayOf(date);
};

export const daysBetween = (from: string, to: string) =>
  Math.round((midnight(to).getTime() - midnight(from).getTime()) / 86_400_000);

/** The instant of a moment with a time; `null` for a date alone. Without `instant` the wall time is read in this device's zone. */
export function instantOf(moment: Moment | null): Date | null {
  if (moment?.instant) return new Date(moment.instant);
  return moment?.at ? new Date(moment.at) : null;
}

/** The day a moment falls on, on this device. */
export function dayOfMoment(moment: Moment | null): string | null {
  if (!moment) return null;
  const instant = instantOf(moment);
  return instant ? dayOf(instant) : (moment.date ?? null);
}

/** Sorts by day, then by time; a date without time comes after the day's times. */
export function sortKey(moment: Moment | null): string {
  const instant = instantOf(moment);
  if (instant) return `${dayOf(instant)} ${timeOf(instant)}`;
  return moment?.date ? `${moment.date} 99` : '9999';
}

export function isLate(moment: Moment | null, now: Date): boolean {
  const instant = instantOf(moment);
  if (instant) return instant < now;
  return Boolean(moment?.date && moment.date < dayOf(now));
}

/** The time zone of this device, an IANA name. */
export const deviceZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** This moment with the device's offset, as `/interpret` wants it: 2026-11-24T09:30:00+01:00. */
export function withOffset(now: Date): string {
  const minutes = -now.getTimezoneOffset();
  const sign = minutes < 0 ? '-' : '+';
  const offset = `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${dayOf(now)}T${timeOf(now)}:${two(now.getSeconds())}${offset}`;
}

export interface DayWords {
  today: string;
  tomorrow: string;
  yesterday: string;
}

/** "today", "tomorrow", "Sunday", "29 Nov", "29 Nov 2027": as short as it stays clear. */
export function sayDay(day: string, now: Date, words: DayWords, locale = navigator.language): string {
  const distance = daysBetween(dayOf(now), day);
  if (distance === 0) return words.today;
  if (distance === 1) return words.tomorrow;
  if (distance === -1) return words.yesterday;
  const date = midnight(day);
  if (distance > 1 && distance < 7) return date.toLocaleDateString(locale, { weekday: 'long' });
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return date.toLocaleDateString(locale, { day: 'numeric', month: 'short', year });
}

export const sayTime = (date: Date, locale = navigator.language) =>
  date.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });

/** A moment in the words of a row. */
export function sayMoment(moment: Moment, now: Date, words: DayWords, locale = navigator.language): string {
  const day = dayOfMoment(moment);
  const instant = instantOf(moment);
  const said = day ? sayDay(day, now, words, locale) : '';
  return instant ? `${said} ${sayTime(instant, locale)}` : said;
}

/** A moment as one text: 2026-11-29, 2026-11-29T15:00:00, or with an offset or Z. */
export function momentOf(text: string): Moment | null {
  if (Number.isNaN(Date.parse(text))) return null;
  if (text.length === 10) return { date: text };
  return /(Z|[+-]\d\d:?\d\d)$/.test(text) ? { instant: text } : { at: text };
}
