import type { Pool } from '../account-state.js';

/** Where a pool's next credits come from, and how many are there: what is drawn is taken off in plain numbers. */
export interface Purse {
  readonly pool: string;
  readonly from: 'grant' | 'overdraft';
  readonly grant: string | null;
  roomNanos: number;
  /** Its draws were settled: what the pool has now is to be looked at again. */
  isSettled: boolean;
}

/** Sums of what is drawn between two settlements stay exact. */
const ROOM_MAX = 2 ** 52;

/** The first grant with a remainder, or overdraft. */
export function purseOf({ key: pool, grants }: Pool): Purse {
  for (const { id, remainingNanos } of grants)
    if (remainingNanos > 0n)
      return { pool, from: 'grant', grant: id, roomNanos: clipped(remainingNanos), isSettled: false };
  return { pool, from: 'overdraft', grant: null, roomNanos: ROOM_MAX, isSettled: false };
}

const clipped = (nanos: bigint): number => (nanos > BigInt(ROOM_MAX) ? ROOM_MAX : Number(nanos));
