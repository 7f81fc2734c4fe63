import type { EventStore } from '@app/event-store';
import { budgetUsageOf, type AccountEvent, type DimensionPairs } from '@app/metering';
import { accountEvents } from '../codec/account-codec.js';
import type { LoadedAccount } from '../repository/loaded-account.js';

const PAGE_EVENTS = 200;

/**
 * What an account has used of a pool, within a scope, since its current cycle began: added up from the groups of its
 * stream. Asked again at a later revision it reads only what has come since.
 */
export class CycleUsage {
  #revision = -1n;
  #cycleStartMs: number | null = null;
  #nanos = 0n;

  constructor(
    private readonly store: EventStore,
    private readonly of: { readonly pool: string; readonly scope: DimensionPairs },
  ) {}

  /** Up to the account's revision at this moment. */
  async upTo({ stream, state, revision }: LoadedAccount): Promise<{ cycleStartMs: number; nanos: bigint }> {
    const cycleStartMs = state.wallet.cycles.at(-1)?.startMs ?? 0;
    const isSameCycle = this.#cycleStartMs === cycleStartMs;
    const known = isSameCycle ? this.#revision : -1n;
    let nanos = isSameCycle ? this.#nanos : 0n;
    let from = revision;
    let isDone = from <= known;
    while (!isDone) {
      const page = await this.store.readStream(stream, { from, direction: 'backwards', maxCount: PAGE_EVENTS });
      for (const stored of page) {
        if (stored.revision <= known) isDone = true;
        if (isDone) break;
        const { event } = accountEvents.decode(stored);
        if (event.type === 'UsageCharged') nanos += budgetUsageOf(event, { ...this.of, cycleStartMs });
        isDone = beginsCycle(event, cycleStartMs);
      }
      from = (page.at(-1)?.revision ?? 0n) - 1n;
      if (from < 0n) isDone = true;
    }
    this.#cycleStartMs = cycleStartMs;
    this.#revision = revision;
    this.#nanos = nanos;
    return { cycleStartMs, nanos };
  }
}

const beginsCycle = (event: AccountEvent, cycleStartMs: number): boolean =>
  event.type === 'AccountOpened' || (event.type === 'CycleEnded' && event.next.startMs === cycleStartMs);
