import { LIMITS, START, type EventStore, type GlobalPosition, type NewEvent, type StoredEvent } from '@app/event-store';
import type { EventCodec } from '../codec/event-codec.js';
import { CorruptEvent } from '../codec/codec-errors.js';
import { chainStart, eventIdOf, verifyChain } from '../codec/hash-chain.js';
import { AccountBroken, AppendTooLarge } from '../errors.js';

/** How far a stream was read: its last revision, and the chain hash of the event there. */
export interface ChainPosition {
  readonly revision: bigint;
  readonly hash: Uint8Array;
}

/** The same, and where that event lies in the global order: `START` before a stream's first event. */
export interface StoredPosition extends ChainPosition {
  readonly global: GlobalPosition;
}

/** True for the same event of the same history. */
export const isSamePosition = (one: ChainPosition, other: ChainPosition): boolean =>
  one.revision === other.revision && Buffer.compare(one.hash, other.hash) === 0;

/** Before a stream's first event. */
export const beforeStream = (stream: string): ChainPosition => ({ revision: -1n, hash: chainStart(stream) });

export interface ReadChainOptions<E extends { readonly type: string }> {
  readonly stream: string;
  readonly codec: EventCodec<E>;
  readonly after: ChainPosition;
  readonly pageEvents: number;
  /** Called for each event in order; it may stop the fold by throwing. */
  readonly onEvent: (event: E, position: ChainPosition, stored: StoredEvent) => void;
}

/**
 * Reads a stream's events after a position and verifies gapless revisions and the hash chain on the way (I5). Answers
 * `lost` when the stream does not hold the event of that position: what was folded up to it is of another history.
 * @throws {AccountBroken} where the stream does not verify
 */
export async function readChain<E extends { readonly type: string }>(
  store: EventStore,
  options: ReadChainOptions<E>,
): Promise<StoredPosition | 'lost'> {
  const { stream, after, pageEvents } = options;
  let position: StoredPosition = { ...after, global: START };
  // The event of the position is asked for again: only its id says that the stream is still the one that was folded.
  let from = after.revision < 0n ? 0n : after.revision;
  for (;;) {
    const isAnchored = from === after.revision;
    const page = await store.readStream(stream, { from, maxCount: pageEvents, isFirstBare: isAnchored });
    let events: readonly StoredEvent[] = page;
    if (isAnchored) {
      const [anchor, ...rest] = page;
      if (anchor === undefined || !holds(anchor, after)) return 'lost';
      position = { ...after, global: anchor.position };
      events = rest;
    }
    for (const stored of events) position = foldOne(options, position, stored);
    if (page.length < pageEvents) return position;
    from = position.revision + 1n;
  }
}

/** Ids are made from chain hashes: an equal one in the same place is the same event of the same history. */
const holds = (stored: StoredEvent, { revision, hash }: ChainPosition): boolean =>
  stored.revision === revision && stored.id === eventIdOf(hash);

function foldOne<E extends { readonly type: string }>(
  options: ReadChainOptions<E>,
  previous: ChainPosition,
  stored: StoredEvent,
): StoredPosition {
  const { stream, codec, onEvent } = options;
  const revision = previous.revision + 1n;
  if (stored.revision !== revision) throw new AccountBroken(stream, `revision ${revision} is missing`);
  const verdict = verifyChain(previous.hash, stored);
  if (!verdict.isIntact) throw new AccountBroken(stream, `the ${verdict.differs} of event ${revision} does not fit`);
  const position = { revision, hash: verdict.hash, global: stored.position };
  onEvent(decodeOne(stream, codec, stored), position, stored);
  return position;
}

/** A newer event version is no broken account: the process has to stop, so that error goes on as it is. */
export function decodeOne<E extends { readonly type: string }>(
  stream: string,
  codec: EventCodec<E>,
  stored: StoredEvent,
): E {
  try {
    return codec.decode(stored).event;
  } catch (error) {
    if (error instanceof CorruptEvent) throw new AccountBroken(stream, error.message, { cause: error });
    throw error;
  }
}

/** Events encoded one behind the other, and the position after them. @throws {AppendTooLarge} above one append's size */
export function encodeChain<E extends { readonly type: string }>(
  codec: EventCodec<E>,
  stream: string,
  after: ChainPosition,
  events: readonly E[],
): { readonly encoded: readonly NewEvent[]; readonly position: ChainPosition; readonly bytes: number } {
  let hash = after.hash;
  let bytes = 0;
  const encoded = events.map((event): NewEvent => {
    const { id, type, data, hash: next } = codec.encode(event, hash);
    hash = next;
    bytes += data.length;
    return { id, type, data };
  });
  if (bytes > LIMITS.appendBytesMax) throw new AppendTooLarge(stream, bytes, LIMITS.appendBytesMax);
  return { encoded, position: { revision: after.revision + BigInt(events.length), hash }, bytes };
}
