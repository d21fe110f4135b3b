import { sayValue } from '../tasks/history.ts';
import { panels } from '../words-panels.ts';
import { words } from '../words.ts';
import type { Conflict } from './types.ts';

/** What two windows changed to different values: the field, what is there now, and what this window wanted. */
export function sayConflicts(conflicts: readonly Conflict[], now: Date): string {
  const list = () => panels.task.list;
  const said = conflicts.map(({ field, yours, theirs }) =>
    words.conflict(
      panels.history.fields[field] ?? field,
      sayValue(field, theirs, now, list),
      sayValue(field, yours, now, list),
    ),
  );
  return said.join(' ');
}
