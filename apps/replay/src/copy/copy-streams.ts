import type { AppendOutcome, EventStore, GlobalPosition, StoredEvent, StreamAppend } from '@app/event-store';
import { eventPages } from '../audit/event-pages.js';
import { LIMITS } from '../limits.js';
import { CopyConflict } from './copy-conflict.js';
import { differenceOf } from './difference-of.js';

export interface CopyOptions {
  readonly from: EventStore;
  readonly to: EventStore;
  /** The source's last event that is copied. */
  readonly until: GlobalPosition;
}

export interface CopyCounts {
  /** Events of the source. */
  readonly events: number;
  readonly streams: number;
  /** Of `events`: those that an earlier copy had brought already. */
  readonly alreadyThere: number;
}

/**
 * Appends every event of the source in its global order. One that is there already, with the same content, is passed:
 * a copy that was killed goes on where it was. @throws {CopyConflict} where the target's stream has another history
 */
export async function copyStreams({ from, to, until }: CopyOptions): Promise<CopyCounts> {
  const streams = new Set<string>();
  let [events, alreadyThere] = [0, 0];
  for await (const page of eventPages(from, { until })) {
    for (const part of partsOf(page)) alreadyThere += await appendPart(to, part);
    for (const { stream } of page) streams.add(stream);
    events += page.length;
  }
  return { events, streams: streams.size, alreadyThere };
}

/** Consecutive events that one call can append: each stream's follow one another, and fit into one append. */
function* partsOf(page: readonly StoredEvent[]): Generator<ReadonlyMap<string, StoredEvent[]>> {
  let part = new Map<string, StoredEvent[]>();
  let bytes = 0;
  for (const event of page) {
    // A stream that others refer to keeps its place between them: what they refer to is there first.
    const isAccount = event.stream.startsWith('account-');
    if (part.size > 0 && (!isAccount || bytes + event.data.length > LIMITS.copyBytesMax)) {
      yield part;
      part = new Map();
      bytes = 0;
    }
    const own = part.get(event.stream) ?? [];
    own.push(event);
    part.set(event.stream, own);
    bytes += event.data.length;
  }
  if (part.size > 0) yield part;
}

/** Answers how many of the events were there already. */
async function appendPart(to: EventStore, part: ReadonlyMap<string, readonly StoredEvent[]>): Promise<number> {
  const outcomes = await to.append([...part].map(([stream, events]) => appendOf(stream, events)));
  let alreadyThere = 0;
  for (const outcome of outcomes) {
    if (outcome.kind === 'conflict') alreadyThere += await finish(to, outcome, part.get(outcome.stream) ?? []);
  }
  return alreadyThere;
}

function appendOf(stream: string, events: readonly StoredEvent[]): StreamAppend {
  const expectedRevision = (events[0]?.revision ?? 0n) - 1n;
  return { stream, expectedRevision, events: events.map(({ id, type, data }) => ({ id, type, data })) };
}

/** The target is further than this part begins: what is there has to be the same, and the rest is appended. */
async function finish(
  to: EventStore,
  { stream, actualRevision }: AppendOutcome & { readonly kind: 'conflict' },
  events: readonly StoredEvent[],
): Promise<number> {
  const first = events[0]?.revision ?? 0n;
  const there = actualRevision < first ? [] : await to.readStream(stream, { from: first, maxCount: events.length });
  const known = events.slice(0, there.length);
  const difference = known.map((event, index) => differenceOf(event, there[index])).find(Boolean);
  if (actualRevision < first - 1n || difference !== undefined)
    throw new CopyConflict(stream, difference?.detail ?? `it ends at ${actualRevision}, before ${first}`);
  const rest = events.slice(there.length);
  if (rest.length === 0) return known.length;
  const [outcome] = await to.append([appendOf(stream, rest)]);
  if (outcome?.kind !== 'appended') throw new CopyConflict(stream, 'somebody else appends to it');
  return known.length;
}
