import { lastRecordOf } from '../last-record.js';
import type { FeedAlarm, StartPosition, TopicPartition } from '../usage-feed.js';
import type { LogBounds, PartitionLog } from './record-log.js';

/** Ends a partition's loop: what no retry mends. */
export class PositionAlarm extends Error {
  override readonly name = 'PositionAlarm';
  constructor(readonly alarm: FeedAlarm) {
    super(alarm.detail);
  }
}

const NEXT_STEP = 'Run `npm run replay -- verify` to see what was decided, then restore the feed or the event store.';

/** The alarm of one partition: one sentence, and what an operator does next. */
export function alarmOf(partition: TopicPartition, code: FeedAlarm['code'], sentence: string): PositionAlarm {
  const { topic, partition: number } = partition;
  return new PositionAlarm({ topic, partition: number, code, detail: `${topic}/${number}: ${sentence} ${NEXT_STEP}` });
}

/**
 * What was seen of the log, when the position lies within its bounds (I11: never a silent jump).
 * @throws {PositionAlarm} otherwise
 */
export function checkBounds<Seen extends LogBounds>(
  partition: TopicPartition,
  position: bigint,
  slice: Seen | undefined,
): Seen {
  if (slice === undefined) throw alarmOf(partition, 'TopicRecreated', 'the partition that was read is gone.');
  if (position < slice.startOffset) {
    const sentence = `the stored position is ${position}, but the log now starts at ${slice.startOffset}.`;
    throw alarmOf(partition, 'PositionBelowLogStart', sentence);
  }
  if (position > slice.endOffset) {
    const sentence = `the stored position is ${position}, but the log ends at ${slice.endOffset}.`;
    throw alarmOf(partition, 'PositionBeyondLogEnd', sentence);
  }
  return slice;
}

/**
 * The offset to read first, after everything that can be known about the stored position was compared with the log.
 * @throws {PositionAlarm} when the log is not the one that the position was taken from
 */
export async function checkedStart(
  log: PartitionLog,
  partition: TopicPartition,
  start: StartPosition,
): Promise<bigint> {
  const position = start.offset === 'start' ? undefined : start.offset;
  const seen = await log.bounds(partition);
  if (position === undefined) return checkBounds(partition, seen?.startOffset ?? 0n, seen).startOffset;
  const { startOffset } = checkBounds(partition, position, seen);
  // A last record that retention removed cannot be compared; the bounds are then all that is left to check.
  if (start.last === undefined || start.last.offset < startOffset) return position;
  const found = await log.readRecord(partition, start.last.offset);
  const same = found === undefined ? undefined : lastRecordOf(found);
  if (same?.hash !== start.last.hash || same.timestampMs !== start.last.timestampMs) {
    const sentence = `the record at ${start.last.offset} is not the one that was decided.`;
    throw alarmOf(partition, 'TopicRecreated', sentence);
  }
  return position;
}
