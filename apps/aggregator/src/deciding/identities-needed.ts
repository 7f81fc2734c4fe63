import type { IdentitiesNeeded } from '@app/accounts';
import type { AccountState, UsageRecord } from '@app/metering';

const DAY_MS = 86_400_000;

/**
 * The times whose identities a decision of these records needs: one event time and one value of ledger time a day,
 * since identities are kept by day and the conflict window is whole days long.
 */
export function identitiesNeeded(state: AccountState, records: readonly UsageRecord[]): IdentitiesNeeded {
  const { wallet } = state;
  const times = new OneADay();
  const ledgerTimes = new OneADay();
  if (wallet.isOpen) ledgerTimes.add(wallet.ledgerTimeMs);
  const isManual = wallet.isOpen && wallet.clock === 'manual';
  for (const { content, recordTimestampMs } of records) {
    if (content.kind !== 'event') continue;
    times.add(content.event.timeMs);
    if (isManual) continue;
    ledgerTimes.add(wallet.isOpen ? Math.max(wallet.ledgerTimeMs, recordTimestampMs) : recordTimestampMs);
  }
  return { timesMs: times.timesMs, ledgerTimesMs: ledgerTimes.timesMs };
}

const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

/** Times, each day's first only; most batches lie within one day. */
class OneADay {
  readonly timesMs: number[] = [];
  /** Made for the second day. */
  #days: Set<number> | undefined;
  #lastDay = Number.NaN;

  add(timeMs: number): void {
    const day = dayOf(timeMs);
    if (day === this.#lastDay) return;
    this.#lastDay = day;
    if (this.timesMs.length > 0) {
      this.#days ??= new Set(this.timesMs.map(dayOf));
      if (this.#days.has(day)) return;
      this.#days.add(day);
    }
    this.timesMs.push(timeMs);
  }
}
