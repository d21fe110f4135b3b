import { sayTime } from '../data/days.ts';
import type { Recurrence, Reminder } from '../data/types.ts';
import { words } from '../words.ts';

/** A recurrence rule in words: "every other Friday", "every month on day 3, until 1 May 2027". */
export function sayRecurrence({ rrule, from, start }: Recurrence): string {
  const parts = new Map(
    rrule
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const frequency = parts.get('FREQ') ?? '';
  const interval = Number(parts.get('INTERVAL') ?? 1);
  const say = words.repeat;
  if (from === 'completion') return say.afterDone[frequency]?.(interval) ?? rrule;
  const every = say.every[frequency]?.(interval);
  if (!every) return rrule;
  const time = start?.includes('T') ? say.at(sayTime(new Date(start.slice(0, 19)))) : '';
  return sayDays(parts, frequency, interval, every) + time + sayEnd(parts);
}

function sayDays(parts: Map<string, string>, frequency: string, interval: number, every: string): string {
  const say = words.repeat;
  const days = parts.get('BYDAY')?.split(',') ?? [];
  const monthDays = parts.get('BYMONTHDAY')?.split(',').map(Number) ?? [];
  if (monthDays.length) {
    // 28,29,30 with BYSETPOS=-1 is how "on the 30th" is written so that a short month gives its last day.
    const day = parts.get('BYSETPOS') === '-1' ? Math.max(...monthDays) : monthDays[0]!;
    return every + say.onDay(day);
  }
  if (!days.length) return every;
  if (frequency === 'WEEKLY' && days.slice().sort().join() === 'FR,MO,TH,TU,WE' && interval === 1) return say.weekdays;
  const position = parts.get('BYSETPOS');
  const names = list(days.map((day) => sayWeekday(position && !/\d/.test(day) ? position + day : day)));
  if (frequency === 'WEEKLY' && interval === 1) return say.everyDay(names);
  if (frequency === 'WEEKLY' && interval === 2) return say.otherDay(names);
  return every + say.on(names);
}

function sayWeekday(day: string): string {
  const [, nth, name = ''] = /^([+-]?\d+)?(\w\w)$/.exec(day) ?? [];
  const said = words.repeat.days[name] ?? day;
  return nth ? words.repeat.nth(Number(nth), said) : said;
}

function sayEnd(parts: Map<string, string>): string {
  const count = parts.get('COUNT');
  if (count) return words.repeat.times(Number(count));
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(parts.get('UNTIL') ?? '') ?? [];
  if (!year) return '';
  const date = new Date(`${year}-${month}-${day}T00:00:00`);
  return words.repeat.until(
    date.toLocaleDateString(navigator.language, { day: 'numeric', month: 'short', year: 'numeric' }),
  );
}

const list = (names: string[]) =>
  names.length < 2 ? names.join('') : names.slice(0, -1).join(', ') + words.repeat.and + names.at(-1);

/** A reminder in words: "15 minutes before", "at 29 Nov, 13:00". */
export function sayReminder(reminder: Reminder): string {
  if (reminder.at) {
    return words.remind.at(
      new Date(reminder.at).toLocaleString(navigator.language, { dateStyle: 'medium', timeStyle: 'short' }),
    );
  }
  const [, sign, rest = ''] = /^([+-]?)P(.*)$/.exec(reminder.offset ?? '') ?? [];
  const length = [...rest.matchAll(/(\d+)([WDHMS])/g)]
    .filter(([, n]) => Number(n) > 0)
    .map(([, n, unit]) => words.remind.units[unit!]!(Number(n)))
    .join(' ');
  if (!length) return words.remind.atTime;
  const said = sign === '-' ? words.remind.before(length) : words.remind.after(length);
  return said + (words.remind.of[reminder.of ?? 'due'] ?? '');
}
