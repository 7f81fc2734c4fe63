import type { GlobalPosition } from '../event-store.js';

/** True when `position` lies behind `other` in `$all`. */
export function isAfter(position: GlobalPosition, other: GlobalPosition): boolean {
  return position.commit > other.commit || (position.commit === other.commit && position.prepare > other.prepare);
}

/** True for the constant that no event has: the server is then asked from its start, since it never gave this position. */
export const isStart = ({ commit, prepare }: GlobalPosition): boolean => commit === 0n && prepare === 0n;
