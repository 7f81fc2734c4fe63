import { randomUUID } from 'node:crypto';
import { acceptGap, acceptTopic, FeedStreams, type Acceptance, type OnWarning } from '@app/accounts';
import type { OpenStreams } from '../open-streams.js';

/** Who accepts what, and why. */
export interface AcceptRequest {
  readonly topic: string;
  readonly actor: string;
  readonly reason: string;
}

export interface AcceptGapRequest extends AcceptRequest {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** The topic's next generation begins; answers what to tell. @throws {NotAccepted} */
export async function acceptNewTopic(
  streams: OpenStreams,
  request: AcceptRequest,
  onWarning: OnWarning,
): Promise<readonly string[]> {
  const { topic } = request;
  const { generation, ended, parked } = await acceptTopic(feedsOf(streams, onWarning), topic, acceptanceOf(request));
  return [
    `${topic}: generation ${generation} begins; every partition is read from its start when the aggregators start again.`,
    ...ended.map(({ partition, nextOffset }) => `  partition ${partition} was decided up to offset ${nextOffset}`),
    ...(parked.length === 0 ? [] : [`  still parked: ${parked.join(', ')}`]),
  ];
}

/** The partition's position moves past records that are gone; answers what to tell. @throws {NotAccepted} */
export async function acceptLostRecords(
  streams: OpenStreams,
  request: AcceptGapRequest,
  onWarning: OnWarning,
): Promise<readonly string[]> {
  const { topic, partition, from, to } = request;
  await acceptGap(feedsOf(streams, onWarning), { topic, partition, from, to }, acceptanceOf(request));
  return [`${topic}/${partition}: offsets ${from} to ${to - 1n} are accepted as lost; ${to} is decided next.`];
}

const acceptanceOf = ({ actor, reason }: AcceptRequest): Acceptance => ({ actor, reason, atMs: Date.now() });

function feedsOf({ store, snapshots }: OpenStreams, onWarning: OnWarning): FeedStreams {
  return new FeedStreams({ store, snapshots, process: randomUUID(), onWarning });
}
