import type { EventStore } from '@app/event-store';
import { parseEntryId, usesOfEntry, type DimensionPairs, type UsageCharged } from '@app/metering';
import { accountEvents } from '../codec/account-codec.js';
import { accountStream } from '../repository/loaded-account.js';
import { decodeOne } from '../streams/chain.js';

/** One usage event's part in a ledger entry: its meter lines that the entry pays. */
export interface EntryUsage {
  /** Index of the evidence line in its append. */
  readonly lineIndex: number;
  readonly source: string;
  readonly id: string;
  readonly timeMs: number;
  readonly dimensions: DimensionPairs;
  /** Amounts in 10⁻⁹ units. */
  readonly lines: readonly { readonly meter: string; readonly quantityNanos: bigint; readonly creditsNanos: bigint }[];
  readonly creditsNanos: bigint;
}

/**
 * The usage events that an entry pays, in the order in which they were charged, from the append's evidence. None for
 * entries that no usage made. @throws {CorruptEvent | EventStoreUnavailable}
 */
export async function usageOfEntry(
  store: EventStore,
  organisation: string,
  entry: string,
): Promise<readonly EntryUsage[]> {
  const place = parseEntryId(entry);
  if (place === undefined) return [];
  const stream = accountStream(organisation);
  const [stored] = await store.readStream(stream, { from: place.revision, maxCount: 1 });
  if (stored?.revision !== place.revision) return [];
  const event = decodeOne(stream, accountEvents, stored);
  return event.type === 'UsageCharged' ? linesOf(event, place.index) : [];
}

function linesOf(event: UsageCharged, entryIndex: number): EntryUsage[] {
  const meters = new Map(usesOfEntry(event, entryIndex).map((use) => [use, event.uses[use]?.meter ?? '']));
  return event.evidence.flatMap(({ source, id, timeMs, dimensions, lines }, lineIndex) => {
    const own = lines.flatMap(({ use, quantityNanos, creditsNanos }) => {
      const meter = meters.get(use);
      return meter === undefined ? [] : [{ meter, quantityNanos, creditsNanos }];
    });
    if (own.length === 0) return [];
    const creditsNanos = own.reduce((sum, line) => sum + line.creditsNanos, 0n);
    return [
      { lineIndex, source, id, timeMs, dimensions: event.dimensions[dimensions] ?? [], lines: own, creditsNanos },
    ];
  });
}
