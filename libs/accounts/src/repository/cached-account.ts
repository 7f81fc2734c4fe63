import { START, type GlobalPosition } from '@app/event-store';
import { initialState, type AccountState } from '@app/metering';
import { IdentityIndex } from '../identities/identity-index.js';
import { withoutOwnership } from '../snapshots/fold-snapshot.js';
import { beforeStream, type StoredPosition } from '../streams/chain.js';
import { accountStream, type LoadedAccount } from './loaded-account.js';

const MEASURE_EVERY_EVENTS = 16n;

/** The repository's own, writable view of a loaded account. */
export class CachedAccount implements LoadedAccount {
  readonly stream: string;
  readonly identities = new IdentityIndex();
  state: AccountState;
  revision: bigint;
  hash: Uint8Array;
  position: GlobalPosition = START;
  /** A draft was thrown away or an outcome is unknown: drafts share parts with the state, so it is folded again. */
  isStale = false;
  /** An append is under way, and this resolves when its outcome is known: nobody may decide this account until then. */
  appending: Promise<void> | null = null;
  /** Revision of the newest snapshot known, -1 where there is none. */
  snapshotRevision = -1n;
  /** Estimate, as of `measuredRevision`. */
  stateBytes = 0;
  measuredRevision = -1n;
  /** What the cache has counted of it; 0 while it is not there. */
  countedBytes = 0;

  constructor(readonly organisation: string) {
    this.stream = accountStream(organisation);
    this.state = initialState(organisation);
    const { revision, hash } = beforeStream(this.stream);
    this.revision = revision;
    this.hash = hash;
  }

  get bytes(): number {
    return this.stateBytes + this.identities.bytes;
  }

  moveTo(state: AccountState, position: StoredPosition): void {
    // What a draft has copied is the state's own from here on, and it is kept for as long as the account.
    this.state = state.owned === null ? state : withoutOwnership(state);
    this.revision = position.revision;
    this.hash = position.hash;
    this.position = position.global;
  }

  /** Estimates the state's size: when the account is there, and again after so many events. */
  measure(): void {
    const since = this.revision - this.measuredRevision;
    if (this.measuredRevision >= 0n && since >= 0n && since < MEASURE_EVERY_EVENTS) return;
    this.stateBytes = estimateStateBytes(this.state);
    this.measuredRevision = this.revision;
  }

  /** The decision under way came to nothing, or nobody knows what became of it. */
  abandonDecision(): void {
    this.identities.discard();
    this.isStale = true;
  }
}

/** Bytes by rule of thumb: entries of the maps that grow. Close enough to bound a cache, and cheap. */
function estimateStateBytes(state: AccountState): number {
  const { wallet } = state;
  let entries = state.offsets.size + state.evidenceDays.size + state.paymentReferences.size + state.reversals.size;
  entries += 2 * state.commands.size + state.records.size;
  entries += wallet.cycles.length + wallet.holds.size + wallet.rules.size + wallet.purchases.size;
  for (const pool of wallet.pools.values())
    entries += 2 + 2 * pool.grants.length + pool.scheduled.length + pool.ended.size;
  for (const rates of state.rates.values()) {
    for (const rate of rates.values()) entries += 1 + (rate.values?.size ?? 0) + (rate.series?.size ?? 0) * 4;
  }
  return BASE_BYTES + entries * ENTRY_BYTES;
}

/** Mostly of the maps, also where they are empty. */
const BASE_BYTES = 4_500;
const ENTRY_BYTES = 250;
