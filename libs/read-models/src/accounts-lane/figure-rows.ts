import { netOf, openingOfCycle, type CycleBounds, type Figures, type Wallet } from '@app/metering';

/** What a cycle did to a pool: closing = opening + granted + refunded + adjusted − used − expired. */
export interface CycleFigures extends Readonly<Figures> {
  readonly pool: string;
  readonly openingNanos: bigint;
  readonly closingNanos: bigint;
}

/** One row of `cycle_figures`. */
export interface FigureRow extends CycleFigures {
  readonly organisation: string;
  readonly cycle_start_ms: number;
  readonly cycle_end_ms: number;
}

const NO_FLOWS: Figures = { grantedNanos: 0n, refundedNanos: 0n, adjustedNanos: 0n, usedNanos: 0n, expiredNanos: 0n };

/** Every pool's figures of a cycle that is not closed: of closed ones the wallet knows nothing more. */
export const figuresOfCycle = (wallet: Wallet, cycleStartMs: number): CycleFigures[] =>
  Array.from(wallet.pools.values(), (pool) => {
    const figures = pool.figures.get(cycleStartMs) ?? NO_FLOWS;
    const openingNanos = openingOfCycle(wallet, pool, cycleStartMs);
    return { pool: pool.key, openingNanos, ...figures, closingNanos: openingNanos + netOf(figures) };
  });

/** The rows of a cycle that is about to be closed. */
export const figureRows = (organisation: string, wallet: Wallet, cycle: CycleBounds): FigureRow[] =>
  figuresOfCycle(wallet, cycle.startMs).map((figures) => ({
    organisation,
    cycle_start_ms: cycle.startMs,
    cycle_end_ms: cycle.endMs,
    ...figures,
  }));
