import { nextClosingMs } from './due-instants.js';
import type { Drafting } from '../drafting.js';
import { netOf } from '../evolve/pool.js';

/** Cycles that one append may close. */
const CLOSINGS_MAX = 100;

/** Closes, in order, every ended cycle whose end and grace lie at or before `markMs`. */
export function decideClosing(drafting: Drafting, markMs: number): void {
  const { wallet, catalog } = drafting;
  for (let closings = 0; closings < CLOSINGS_MAX && nextClosingMs(wallet, catalog.graceMs) <= markMs; closings++) {
    const cycle = wallet.cycles.find((c) => !c.isClosed);
    if (cycle === undefined) return;
    const pools = [...wallet.pools.values()].map((pool) => {
      const figures = pool.figures.get(cycle.startMs);
      return { pool: pool.key, closingNanos: pool.closedNanos + (figures === undefined ? 0n : netOf(figures)) };
    });
    drafting.push({
      type: 'CycleClosed',
      atMs: Math.max(wallet.ledgerTimeMs, cycle.endMs + catalog.graceMs),
      entries: [],
      cycle: { startMs: cycle.startMs, endMs: cycle.endMs },
      markMs,
      pools,
    });
  }
}
