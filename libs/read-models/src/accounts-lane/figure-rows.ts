import { netOf, openingOfCycle, type Figures, type Wallet } from '@app/metering';

/** One row of `cycle_figures`; amounts as decimal text of whole nano-credits. */
export interface FigureRow {
  readonly organisation: string;
  readonly cycle_start_ms: number;
  readonly pool: string;
  readonly cycle_end_ms: number;
  readonly opening: string;
  readonly granted: string;
  readonly refunded: string;
  readonly adjusted: string;
  readonly used: string;
  readonly expired: string;
  readonly closing: string;
  readonly closed: boolean;
}

const NO_FLOWS: Figures = { grantedNanos: 0n, refundedNanos: 0n, adjustedNanos: 0n, usedNanos: 0n, expiredNanos: 0n };

/** The figures of every pool in the cycles that are not closed. */
export const openFigures = (wallet: Wallet): FigureRow[] =>
  wallet.cycles.flatMap((cycle) => (cycle.isClosed ? [] : figuresOfCycle(wallet, cycle, false)));

/** The figures of a cycle that is about to be closed: afterwards the wallet has forgotten them. */
export function figuresOfCycle(
  wallet: Wallet,
  cycle: { readonly startMs: number; readonly endMs: number },
  isClosed: boolean,
): FigureRow[] {
  return Array.from(wallet.pools.values(), (pool) => {
    const figures = pool.figures.get(cycle.startMs) ?? NO_FLOWS;
    const opening = openingOfCycle(wallet, pool, cycle.startMs);
    return {
      organisation: wallet.organisation,
      cycle_start_ms: cycle.startMs,
      pool: pool.key,
      cycle_end_ms: cycle.endMs,
      opening: opening.toString(),
      granted: figures.grantedNanos.toString(),
      refunded: figures.refundedNanos.toString(),
      adjusted: figures.adjustedNanos.toString(),
      used: figures.usedNanos.toString(),
      expired: figures.expiredNanos.toString(),
      closing: (opening + netOf(figures)).toString(),
      closed: isClosed,
    };
  });
}
