import { createHash } from 'node:crypto';
import { appendInTurn } from '@app/accounts';
import type { FeedStreams } from '@app/accounts';
import type { Queries, QuarantinedRecordAnswer } from '@app/read-models';
import { ADJUST_HEADER, ORIGINAL_TIMESTAMP_HEADER, ORIGINAL_TOPIC_HEADER } from '@app/usage-feed';
import type { FeedRecord, UsageFeed } from '@app/usage-feed';
import { parseTime } from '@app/metering';
import { Problem } from '../edge/problem.js';
import type { Topics } from '../topics.js';

export interface RequeueParts {
  readonly feed: UsageFeed;
  readonly feeds: FeedStreams;
  readonly queries: Pick<Queries, 'quarantinedRecord'>;
  readonly topics: Topics;
  readonly nowMs: () => number;
}

/**
 * Publishes a quarantined record again on the service's own topic, with its original timestamp, topic and `adjust`, by
 * whose rules it is then decided. @throws Problem NotFound; NotRequeueable when the record is kept nowhere whole
 */
export async function requeue(parts: RequeueParts, id: string, actor: string | null): Promise<void> {
  const kept = await parts.queries.quarantinedRecord(id);
  if (!kept) throw Problem.of('NotFound', 'There is no such quarantined record.');
  const original = await originalOf(parts.feed, kept);
  const whole = original ?? wholeCopyOf(kept);
  if (!whole)
    throw Problem.refusal('NotRequeueable', 'the log has lost the record, and only its first 64 KiB are kept');
  const isRepeated = original?.headers[ORIGINAL_TOPIC_HEADER] !== undefined;
  const marks = isRepeated
    ? {}
    : {
        [ORIGINAL_TOPIC_HEADER]: text(kept.record.topic ?? parts.topics.live),
        [ORIGINAL_TIMESTAMP_HEADER]: text(String(parseTime(kept.record.timestamp) ?? 0)),
        ...(kept.isAdjusting === true ? { [ADJUST_HEADER]: text('true') } : {}),
      };
  const headers = { ...original?.headers, ...marks };
  await parts.feed.publish(parts.topics.requeue, [{ key: whole.key, value: whole.value, headers }]);
  await recordRequeue(parts, id, actor);
}

const text = (value: string): readonly Uint8Array[] => [Buffer.from(value, 'utf8')];

type KeyAndValue = Pick<FeedRecord, 'key' | 'value'>;

async function originalOf(
  feed: UsageFeed,
  { record, sha256 }: QuarantinedRecordAnswer,
): Promise<FeedRecord | undefined> {
  const { topic, partition, offset } = record;
  if (topic === null || partition === null) return undefined;
  const found = await feed.readRecord({ topic, partition }, BigInt(offset));
  // A topic that was created anew has another record there.
  return found !== undefined && sha256Of(found) === sha256 ? found : undefined;
}

const sha256Of = ({ value }: FeedRecord): string =>
  createHash('sha256')
    .update(value ?? new Uint8Array())
    .digest('hex');

/** What quarantine keeps, where that is all of it. */
function wholeCopyOf({ payload, key, sizeBytes }: QuarantinedRecordAnswer): KeyAndValue | undefined {
  const value = payload === null ? null : Buffer.from(payload, 'base64');
  if ((value?.length ?? 0) < sizeBytes) return undefined;
  return { key: key === null ? null : Buffer.from(key, 'utf8'), value };
}

/** In a stream of the API's own: an append to the partition's would fence the aggregator that owns it. */
function recordRequeue({ feeds, topics, nowMs }: RequeueParts, id: string, actor: string | null): Promise<void> {
  const log = { topic: `${topics.requeue}.log`, generation: 0, partition: 0 };
  return appendInTurn(feeds, log, { type: 'QuarantineRequeued', id, actor, atMs: nowMs() });
}
