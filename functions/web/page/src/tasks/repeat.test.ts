import { describe, expect, test } from 'vitest';
import { sayRecurrence, sayReminder } from './repeat.ts';

describe('a rule in words', () => {
  test.each([
    [{ rrule: 'FREQ=DAILY' }, 'every day'],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=SU' }, 'every Sunday'],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=SU', start: '2026-11-29T15:00:00' }, 'every Sunday at 15:00'],
    [{ rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR' }, 'every other Friday'],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=MO,WE,FR' }, 'every Monday, Wednesday and Friday'],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' }, 'every weekday'],
    [{ rrule: 'FREQ=WEEKLY;INTERVAL=3;BYDAY=TU' }, 'every 3 weeks on Tuesday'],
    [{ rrule: 'FREQ=MONTHLY;BYMONTHDAY=3' }, 'every month on day 3'],
    [{ rrule: 'FREQ=MONTHLY;BYMONTHDAY=-1' }, 'every month on the last day'],
    [{ rrule: 'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1' }, 'every month on day 30'],
    [{ rrule: 'FREQ=MONTHLY;BYDAY=2TU' }, 'every month on the second Tuesday'],
    [{ rrule: 'FREQ=MONTHLY;BYDAY=-1FR' }, 'every month on the last Friday'],
    [{ rrule: 'FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1' }, 'every month on the last Friday'],
    [{ rrule: 'FREQ=YEARLY' }, 'every year'],
    [{ rrule: 'FREQ=DAILY;COUNT=5' }, 'every day, 5 times'],
    [{ rrule: 'FREQ=DAILY;INTERVAL=3', from: 'completion' as const }, '3 days after it is done'],
    [{ rrule: 'FREQ=SECONDLY' }, 'FREQ=SECONDLY'],
  ])('%o', (rule, said) => expect(sayRecurrence(rule)).toBe(said));
});

describe('a reminder in words', () => {
  test.each([
    [{ offset: '-PT15M', of: 'due' as const }, '15 minutes before'],
    [{ offset: '-PT1H30M', of: 'due' as const }, '1 hour 30 minutes before'],
    [{ offset: '-P1D', of: 'deadline' as const }, '1 day before the deadline'],
    [{ offset: 'PT0S', of: 'due' as const }, 'when it is due'],
    [{ offset: 'PT5M', of: 'start' as const }, '5 minutes after the start'],
  ])('%o', (reminder, said) => expect(sayReminder(reminder)).toBe(said));
});
