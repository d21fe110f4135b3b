// What the API says, as far as the page reads it. Clients treat what they do not know as absent.

export interface Moment {
  date?: string;
  at?: string;
  time_zone?: string | null;
  instant?: string;
}

export interface Reminder {
  id?: string;
  offset?: string;
  of?: 'due' | 'start' | 'deadline';
  at?: string;
}

export interface Recurrence {
  rrule: string;
  from?: 'schedule' | 'completion';
  start?: string;
  time_zone?: string | null;
  missed?: 'skip' | 'each' | 'list' | null;
}

export type Priority = 'none' | 'low' | 'medium' | 'high';

export interface Task {
  id: string;
  version: number;
  title: string;
  notes: string;
  status: string;
  due: Moment | null;
  start: Moment | null;
  deadline: string | null;
  priority: Priority;
  tags: string[];
  list_id: string | null;
  parent_id: string | null;
  reminders: Reminder[];
  recurrence: Recurrence | null;
  series_id: string | null;
  position: string;
  created_at: string;
  closed_at: string | null;
  deleted_at: string | null;
}

/** A list; the inbox is none, it is where tasks without a list stand. */
export interface List {
  id: string;
  name: string;
  archived?: boolean;
  deleted_at?: string | null;
}

/** A filter that was given a name. */
export interface SavedView {
  id: string;
  name: string;
  filter: string;
}

/** What the person set, as far as the page shows it. */
export interface PersonSettings {
  time_zone: string;
  locale: string;
  week_starts: string;
  date_order: string | null;
  all_day_time: string;
  quiet_hours: { from: string; until: string } | null;
  digest_at: string | null;
  follow_device: 'ask' | 'always' | 'never';
  email: string | null;
  email_reminders: boolean;
}

/** One message to the person, perhaps of several reminders. */
export interface Delivery {
  id: string;
  channel: string;
  state: string;
  digest?: string;
  next_at?: string;
  items: { task: string; title: string; due?: string | null }[];
  receipt: string;
  created_at: string;
  closed_at: string | null;
}

export interface Actor {
  user_id?: string;
  name?: string;
  client?: string;
  kind?: 'person' | 'agent' | 'system';
}

export interface ErrandEvent {
  id: string;
  type: string;
  time: string;
  subject?: string;
  /** In a task's history these stand outside, because the content of a purged event is gone. */
  by?: Actor;
  run_id?: string;
  data: {
    task_id?: string;
    version?: number;
    before?: Record<string, unknown>;
    after?: Record<string, unknown>;
    by?: Actor;
    run_id?: string;
    [more: string]: unknown;
  };
}

export interface Span {
  from: number;
  to: number;
  is: string;
  item?: number;
}

export interface Reading {
  intent: string;
  title: string | null;
  due: Moment | null;
  start?: Moment | null;
  deadline?: string | null;
  recurrence: Recurrence | null;
  reminders: Reminder[];
  tags: string[];
  priority: Priority | null;
  list?: string | null;
  command?: Record<string, unknown> | null;
}

export interface Interpretation {
  decision: 'act' | 'confirm' | 'ask' | 'ignore';
  question: string | null;
  problems: { code?: string; detail?: string }[];
  items: Reading[];
  spans: Span[];
}

export interface Conflict {
  field: string;
  yours: unknown;
  theirs: unknown;
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  conflicts?: Conflict[];
  /** With `confirmation_stale`: what is asked instead, as things are now. */
  confirm?: Record<string, unknown>;
}
