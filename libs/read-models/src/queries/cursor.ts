import { UnknownCursor } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';

/** A place in a list, as text: parts that the list orders by. */
export const writeCursor = (parts: readonly (string | number)[]): string => JSON.stringify(parts.map(String));

/** @throws {UnknownCursor} for a text that is no place in a list of so many parts */
export function readCursor(text: string, length: number): readonly string[] {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch (error) {
    throw new UnknownCursor('the cursor cannot be read', { cause: error });
  }
  if (!Array.isArray(parts) || parts.length !== length || parts.some((part) => typeof part !== 'string'))
    throw new UnknownCursor('the cursor is of another list');
  return parts as readonly string[];
}

/** A cursor's part that is a whole number. @throws {UnknownCursor} */
export function wholeNumber(part: string | undefined): string {
  if (part === undefined || !/^-?\d{1,19}$/.test(part)) throw new UnknownCursor('the cursor has no number');
  return part;
}

/** @throws {RangeError} a programmer's error: the API validates limits */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > READ_MODEL_LIMITS.pageItemsMax)
    throw new RangeError(`a page has 1 to ${READ_MODEL_LIMITS.pageItemsMax} items, not ${limit}`);
}

/** The page of rows that were read with one more than `limit`, and the place after its last. */
export function pageOf<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => readonly (string | number)[]) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? writeCursor(placeOf(last)) : null };
}
