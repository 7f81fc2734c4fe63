import { START, type GlobalPosition } from '@app/event-store';
import { initialState, type AccountState } from '@app/metering';
import { IdentityIndex } from '../identities/identity-index.js';
import { withoutOwnership } from '../snapshots/fold-snapshot.js';
import { beforeStream, type StoredPosition } from '../streams/chain.js';
import { CompactText } from './compact-text.js';
import { accountStream, type LoadedAccount } from './loaded-account.js';

const MEASURE_EVERY_EVENTS = 16n;
/** Of all accounts: their states have the same properties. */
const COMPACT = new CompactText();

/** The repository's own, writable view of a loaded account. */
export class CachedAccount implements LoadedAccount {
  readonly stream: string;
  readonly identities = new IdentityIndex();
  revision: bigint;
  position: GlobalPosition = START;
  /** A draft was thrown away or an outcome is unknown: drafts share parts with the state, so it is folded again. */
  isStale = false;
  /** An append is under way, and this resolves when its outcome is known: nobody may decide this account until then. */
  appending: Promise<void> | null = null;
  /** Revision of the newest snapshot known, -1 where there is none. */
  snapshotRevision = -1n;
  measuredRevision = -1n;
  /** What the cache has counted of it, and thereof of its state at hand; 0 while it is not there. */
  countedBytes = 0;
  countedAtHandBytes = 0;
  /** Of the cache that keeps it: the state takes its whole room again. */
  onRestored: ((account: CachedAccount) => void) | undefined;
  /** As bytes of text: a small array takes hundreds of bytes beside its content. */
  #hash: string;
  /** As text where it is compact. */
  #state: AccountState | string;
  /** Estimate of the state at hand, as of `measuredRevision`. */
  #stateBytes = 0;

  constructor(readonly organisation: string) {
    this.stream = accountStream(organisation);
    this.#state = initialState(organisation);
    const { revision, hash } = beforeStream(this.stream);
    this.revision = revision;
    this.#hash = textOf(hash);
  }

  get hash(): Uint8Array {
    return Buffer.from(this.#hash, 'latin1');
  }

  /** Whoever asks has it at hand from here on. */
  get state(): AccountState {
    if (typeof this.#state !== 'string') return this.#state;
    const state = COMPACT.read(this.#state) as AccountState;
    this.#state = state;
    this.onRestored?.(this);
    return state;
  }

  get bytes(): number {
    return (
      BASE_BYTES + this.identities.bytes + (typeof this.#state === 'string' ? textBytes(this.#state) : this.#stateBytes)
    );
  }

  /** Of the state, where it is at hand. */
  get atHandBytes(): number {
    return typeof this.#state === 'string' ? 0 : this.#stateBytes;
  }

  /**
   * Keeps the state as text, in a seventh of its room, until somebody asks for it. A decision under way goes on with
   * the state that it has.
   */
  makeCompact(): void {
    if (typeof this.#state !== 'string') this.#state = COMPACT.write(this.#state);
  }

  moveTo(state: AccountState, position: StoredPosition): void {
    // What a draft has copied is the state's own from here on, and it is kept for as long as the account.
    this.#state = state.owned === null ? state : withoutOwnership(state);
    this.revision = position.revision;
    this.#hash = textOf(position.hash);
    this.position = position.global;
  }

  /** Estimates the state's size: when the account is there, and again after so many events. */
  measure(): void {
    const since = this.revision - this.measuredRevision;
    if (this.measuredRevision >= 0n && since >= 0n && since < MEASURE_EVERY_EVENTS) return;
    this.#stateBytes = estimateStateBytes(this.state);
    this.measuredRevision = this.revision;
  }

  /** The decision under way came to nothing, or nobody knows what became of it. */
  abandonDecision(): void {
    this.identities.discard();
    this.isStale = true;
  }
}

const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');

/** Bytes by rule of thumb: entries of the maps that grow. Close enough to bound a cache, and cheap. */
function estimateStateBytes(state: AccountState): number {
  const { wallet } = state;
  let entries = state.offsets.size + state.evidenceDays.size + state.paymentReferences.size + state.reversals.size;
  entries += 2 * state.commands.size + state.records.size;
  entries += wallet.cycles.length + wallet.rules.size + wallet.purchases.size;
  entries += wallet.holds.size + wallet.endedHolds.size;
  for (const pool of wallet.pools.values())
    entries += 2 + 2 * pool.grants.length + pool.scheduled.length + pool.ended.size;
  for (const rates of state.rates.values()) {
    for (const rate of rates.values()) entries += 1 + (rate.values?.size ?? 0) + (rate.series?.size ?? 0) * 4;
  }
  return STATE_BYTES + entries * ENTRY_BYTES;
}

/** V8 keeps text in one byte a character, or in two where one needs it. */
const textBytes = (text: string): number => (Buffer.byteLength(text) === text.length ? 1 : 2) * text.length;

/** Of an account beside its state and identities. */
const BASE_BYTES = 1_100;
/** Mostly of the maps, also where they are empty. */
const STATE_BYTES = 2_400;
const ENTRY_BYTES = 250;
