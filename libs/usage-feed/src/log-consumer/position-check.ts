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

const SEEN_FIRST = '`npm run replay -- verify` shows what was decided.';
const WHO_AND_WHY = '--actor NAME --reason WHY';

/** The alarm of one partition: one sentence, and the command that an operator runs next if what it says was meant. */
export function alarmOf(partition: TopicPartition, code: FeedAlarm['code'], sentence: string): PositionAlarm {
  const command = `npm run replay -- accept-topic --topic ${partition.topic} ${WHO_AND_WHY}`;
  const next = `If the topic is meant to be another one now, run \`${command}\` and start again; if not, restore it.`;
  return alarmWith(partition, code, `${sentence} ${next}`);
}

function belowLogStart(at: TopicPartition, position: bigint, start: bigint): PositionAlarm {
  const { topic, partition } = at;
  const sentence = `the stored position is ${position}, but the log now starts at ${start}.`;
  const range = `--topic ${topic} --partition ${partition} --from ${position} --to ${start}`;
  const command = `npm run replay -- accept-gap ${range} ${WHO_AND_WHY}`;
  const next = `Restore what is gone, or run \`${command}\` to accept that it is lost, and start again.`;
  return alarmWith(at, 'PositionBelowLogStart', `${sentence} ${next}`);
}

function alarmWith({ topic, partition }: TopicPartition, code: FeedAlarm['code'], detail: string): PositionAlarm {
  return new PositionAlarm({ topic, partition, code, detail: `${topic}/${partition}: ${detail} ${SEEN_FIRST}` });
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
  if (position < slice.startOffset) throw belowLogStart(partition, position, slice.startOffset);
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
