import type { Wallet } from '@app/metering';

/**
 * The instant that a report looks back from: real time for live accounts, the account's own for sandboxes and for
 * history that is still being loaded.
 */
export const reportTimeMs = ({ clock, ledgerTimeMs }: Pick<Wallet, 'clock' | 'ledgerTimeMs'>, nowMs: number): number =>
  clock === 'live' ? Math.max(nowMs, ledgerTimeMs) : ledgerTimeMs;
