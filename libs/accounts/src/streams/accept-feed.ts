import type { FeedEvent } from '../codec/feed-events.js';
import { Fenced } from '../errors.js';
import type { FeedPartition, FeedState } from './feed-state.js';
import type { FeedStreams } from './feed-streams.js';

/** Who accepts it and why, as the partitions' streams keep it. */
export interface Acceptance {
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
}

/** What was to be accepted is not what the streams say; nothing was changed. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted';
  readonly code = 'NotAccepted';
}

export interface AcceptedTopic {
  /** The generation that begins: every partition of the topic is read from its start. */
  readonly generation: number;
  /** How far the one before was decided, where it was. */
  readonly ended: readonly { readonly partition: number; readonly nextOffset: bigint }[];
  /** Accounts that stay parked. */
  readonly parked: readonly string[];
}

const FENCE_ATTEMPTS_MAX = 20;

/**
 * A topic under this name is another one from now on: a new generation begins, in which offsets count anew. Identities
 * do not, so what comes again is charged once. What the generation before has parked stays parked, and its owners are
 * fenced. Interrupted, it is to be called again. @throws {NotAccepted} when nothing of the topic was ever decided
 */
export async function acceptTopic(
  streams: FeedStreams,
  topic: string,
  { actor, reason, atMs }: Acceptance,
): Promise<AcceptedTopic> {
  const before = await streams.generationOf(topic);
  const partitions = await streams.partitionsOf(topic, before);
  if (partitions.length === 0) throw new NotAccepted(`Nothing of the topic ${topic} was ever decided.`);
  const generation = before + 1;
  const assigned: FeedEvent = { type: 'FeedAssigned', process: streams.process, atMs };
  const ended: { readonly partition: number; readonly nextOffset: bigint }[] = [];
  const notes = new Map<number, readonly FeedEvent[]>([[0, []]]);
  const parked = new Set<string>();
  for (const partition of partitions) {
    const state = await streams.read({ topic, generation: before, partition });
    if (state.position !== null) ended.push({ partition, nextOffset: state.position.nextOffset });
    for (const organisation of state.parked.keys()) parked.add(organisation);
    const kept = parkingNotes(state, atMs);
    if (partition === 0 || kept.length > 0) notes.set(partition, kept);
  }
  // The stream of partition 0 makes the generation the newest, so it comes last.
  for (const [partition, parkings] of [...notes].toSorted(([one], [other]) => other - one)) {
    const stream = await streams.open({ topic, generation, partition });
    const started: FeedEvent = { type: 'FeedGenerationStarted', actor, reason, atMs };
    await stream.append([assigned, started, ...parkings]);
  }
  for (const partition of partitions) await fence(streams, { topic, generation: before, partition }, assigned);
  return { generation, ended, parked: [...parked] };
}

/**
 * Records of a partition that were never decided are gone: the position moves from the first to the offset after the
 * last, which are both to be given, so that no more is accepted than was meant. The partition's owner is fenced.
 * @throws {NotAccepted} when the position is another one @throws {Fenced} when somebody wrote meanwhile
 */
export async function acceptGap(
  streams: FeedStreams,
  at: { readonly topic: string; readonly partition: number; readonly from: bigint; readonly to: bigint },
  { actor, reason, atMs }: Acceptance,
): Promise<void> {
  const { topic, partition, from: fromOffset, to: toOffset } = at;
  const generation = await streams.generationOf(topic);
  const stream = await streams.open({ topic, generation, partition });
  const { position } = stream.state;
  if (position === null) throw new NotAccepted(`${topic}/${partition} has no stored position.`);
  if (position.nextOffset !== fromOffset)
    throw new NotAccepted(`The stored position of ${topic}/${partition} is ${position.nextOffset}, not ${fromOffset}.`);
  if (toOffset <= fromOffset) throw new NotAccepted(`A gap ends after its beginning, ${fromOffset}.`);
  const { markMs } = position;
  await stream.append([
    { type: 'FeedAssigned', process: streams.process, atMs },
    { type: 'FeedGapAccepted', fromOffset, toOffset, actor, reason, atMs },
    // No record stands for the place in the log any more: its bounds are all that is left to compare.
    { type: 'FeedPositionRecorded', nextOffset: toOffset, last: null, markMs, atMs, records: [] },
  ]);
}

/** What is parked, and what is not any more while its records are still to be published. */
const parkingNotes = ({ parked, releasing }: FeedState, atMs: number): readonly FeedEvent[] => [
  ...[...parked].map(([organisation, note]): FeedEvent => ({ type: 'AccountParked', organisation, ...note })),
  ...[...releasing].map((organisation): FeedEvent => ({ type: 'AccountUnparked', organisation, atMs })),
];

/** An owner that is at work appends all the time: the fence takes its turn between two of them. */
async function fence(streams: FeedStreams, partition: FeedPartition, assigned: FeedEvent): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const stream = await streams.open(partition);
    try {
      await stream.append([assigned]);
      return;
    } catch (error) {
      if (!(error instanceof Fenced) || attempt === FENCE_ATTEMPTS_MAX) throw error;
    }
  }
}
