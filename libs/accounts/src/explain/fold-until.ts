import type { EventStore, SnapshotStore, StoredEvent } from '@app/event-store';
import { applyEvent, initialState, type AccountEvent, type AccountState } from '@app/metering';
import { accountEvents } from '../codec/account-codec.js';
import { verifyChain } from '../codec/hash-chain.js';
import { AccountBroken } from '../errors.js';
import { ACCOUNTS_LIMITS } from '../limits.js';
import { accountStream } from '../repository/loaded-account.js';
import { decodeSnapshot } from '../snapshots/fold-snapshot.js';
import { beforeStream, decodeOne, type ChainPosition } from '../streams/chain.js';

export interface FoldUntilOptions {
  readonly store: EventStore;
  readonly organisation: string;
  /** Only events before this revision. */
  readonly beforeRevision?: bigint;
  /** Only events up to this ledger time, inclusive. */
  readonly atMs?: number;
  /** Only what had been recorded by this time of the event store's clock, inclusive. */
  readonly knownAtMs?: number;
  /** Snapshots to begin from; absent: the stream alone. */
  readonly snapshots?: SnapshotStore;
}

/** An account as it stood at a point of its stream; `last` is the last event folded in this call. */
export interface FoldedUntil {
  readonly state: AccountState;
  readonly revision: bigint;
  readonly last: StoredEvent | undefined;
}

/**
 * Folds an account up to a point of its stream, verifying revisions and chain on the way (I5).
 * @throws {AccountBroken} where the stream does not verify
 */
export async function foldAccountUntil(options: FoldUntilOptions): Promise<FoldedUntil> {
  const { store, organisation, beforeRevision, atMs, knownAtMs } = options;
  const stream = accountStream(organisation);
  const start = await startOf(stream, options);
  let { position, state } = start;
  let last: StoredEvent | undefined;
  for (;;) {
    const left = beforeRevision === undefined ? undefined : beforeRevision - position.revision - 1n;
    if (left !== undefined && left <= 0n) break;
    const maxCount = Number(left === undefined || left > PAGE_EVENTS ? PAGE_EVENTS : left);
    const page = await store.readStream(stream, { from: position.revision + 1n, maxCount });
    for (const stored of page) {
      const event = check(stream, position, stored);
      // Ledger time and what is known only grow along a stream: behind the first that is too late, all are.
      const isLater = atMs !== undefined && event.atMs > atMs;
      const isUnknown = knownAtMs !== undefined && stored.recordedAt.getTime() > knownAtMs;
      if (isLater || isUnknown) return { state, revision: position.revision, last };
      applyEvent(state, event, stored.revision);
      position = { revision: stored.revision, hash: stored.data.slice(1, 33) };
      last = stored;
    }
    if (page.length < maxCount) break;
  }
  return { state, revision: position.revision, last };
}

const PAGE_EVENTS = BigInt(ACCOUNTS_LIMITS.readPageEvents);

async function startOf(
  stream: string,
  { store, organisation, snapshots, beforeRevision, atMs, knownAtMs }: FoldUntilOptions,
): Promise<{ position: ChainPosition; state: AccountState }> {
  const stored = await snapshots?.load(stream);
  const snapshot = stored && decodeSnapshot<AccountState>(stream, stored.data);
  const isUsable =
    snapshot !== undefined &&
    (beforeRevision === undefined || snapshot.revision < beforeRevision) &&
    (atMs === undefined || snapshot.state.wallet.ledgerTimeMs <= atMs);
  if (isUsable) {
    const { revision, hash, state } = snapshot;
    const [anchor] = await store.readStream(stream, { from: revision, maxCount: 1 });
    const isHeld =
      anchor !== undefined &&
      Buffer.compare(anchor.data.subarray(1, 33), hash) === 0 &&
      (knownAtMs === undefined || anchor.recordedAt.getTime() <= knownAtMs);
    if (isHeld) return { position: { revision, hash }, state };
  }
  return { position: beforeStream(stream), state: initialState(organisation) };
}

function check(stream: string, previous: ChainPosition, stored: StoredEvent): AccountEvent {
  const expected = previous.revision + 1n;
  if (stored.revision !== expected) throw new AccountBroken(stream, `revision ${expected} is missing`);
  const verdict = verifyChain(previous.hash, stored);
  if (!verdict.isIntact) throw new AccountBroken(stream, `the ${verdict.differs} of event ${expected} does not fit`);
  return decodeOne(stream, accountEvents, stored);
}
