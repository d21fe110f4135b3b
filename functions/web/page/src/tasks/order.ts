import type { Task } from '../data/types.ts';

export interface Place {
  /** The task it comes after; null is the top. */
  after: string | null;
  /** Its place from 1, to be said. */
  place: number;
  of: number;
}

/** Where a task stands one up or down among its siblings; null where there is no further. */
export function placeOf(shown: readonly Task[], task: Task, by: 1 | -1): Place | null {
  const siblings = shown.filter((other) => other.parent_id === task.parent_id && other.list_id === task.list_id);
  const at = siblings.findIndex((other) => other.id === task.id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= siblings.length) return null;
  const before = by > 0 ? siblings[to] : siblings[to - 1];
  return { after: before?.id ?? null, place: to + 1, of: siblings.length };
}

/** A key that sorts right after another, until the server says which it gave. Its own keys never begin with `!`. */
export const positionAfter = (before: Task | undefined) => (before ? `${before.position}00000001` : '!');
