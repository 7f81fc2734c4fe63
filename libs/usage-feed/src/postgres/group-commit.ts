import type { Pool } from 'pg';
import { FeedUnavailable, UnknownTopic } from '../usage-feed.js';
import { STATEMENTS } from './statements.js';

/** A row is what a reader fetches at least: small enough that a batch limit below it wastes little. */
const ROW_RECORDS_MAX = 1_000;
const ROW_OCTETS_MAX = 1024 * 1024;
const TRANSACTION_OCTETS_MAX = 16 * 1024 * 1024;
/** A notification holds 8,000 bytes; an empty one wakes every partition. */
const NOTIFICATION_BYTES_MAX = 7_000;

export interface EncodedAppend {
  readonly partitionId: number;
  readonly bytes: Buffer;
}

export interface Appended {
  readonly offset: bigint;
  readonly appendedAtMs: number;
}

interface Call {
  readonly records: readonly EncodedAppend[];
  readonly octets: number;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: Error) => void;
}

interface Rows {
  readonly partitionIds: number[];
  readonly counts: number[];
  readonly octets: number[];
  readonly bytes: Buffer;
}

/** Where the next record of a partition is, while offsets are given out. */
interface Cursor {
  offset: bigint;
  readonly appendedAtMs: number;
}

interface StampedPartition {
  readonly id: number;
  readonly base_offset: bigint;
  readonly now_ms: bigint;
}

function rowsOf(byPartition: ReadonlyMap<number, readonly Buffer[]>): Rows {
  const rows = { partitionIds: [] as number[], counts: [] as number[], octets: [] as number[] };
  const parts: Buffer[] = [];
  for (const [partitionId, records] of byPartition) {
    let row = -1;
    for (const record of records) {
      const count = rows.counts[row] ?? ROW_RECORDS_MAX;
      const octets = rows.octets[row] ?? 0;
      if (count >= ROW_RECORDS_MAX || octets + record.length > ROW_OCTETS_MAX) {
        row = rows.counts.push(1) - 1;
        rows.partitionIds.push(partitionId);
        rows.octets.push(record.length);
      } else {
        rows.counts[row] = count + 1;
        rows.octets[row] = octets + record.length;
      }
      parts.push(record);
    }
  }
  return { ...rows, bytes: Buffer.concat(parts) };
}

/** Appends the concurrent calls of a process in one transaction each time the last one has committed. */
export class GroupCommit {
  private waiting: Call[] = [];
  private flushing: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  append(records: readonly EncodedAppend[]): Promise<readonly Appended[]> {
    const octets = records.reduce((sum, record) => sum + record.bytes.length, 0);
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, octets, resolve, reject });
      this.flushing ??= this.flushAll();
    });
  }

  async drained(): Promise<void> {
    await this.flushing;
  }

  private async flushAll(): Promise<void> {
    // The calls of the same turn of the event loop belong together.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.flush(this.takeGroup());
    this.flushing = undefined;
  }

  private takeGroup(): Call[] {
    let octets = 0;
    let count = 0;
    for (const call of this.waiting) {
      octets += call.octets;
      if (count > 0 && octets > TRANSACTION_OCTETS_MAX) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async flush(calls: readonly Call[]): Promise<void> {
    try {
      const byPartition = new Map<number, Buffer[]>();
      for (const call of calls) {
        for (const { partitionId, bytes } of call.records) {
          const records = byPartition.get(partitionId);
          if (records === undefined) byPartition.set(partitionId, [bytes]);
          else records.push(bytes);
        }
      }
      const next = await this.write(byPartition);
      for (const call of calls) call.resolve(call.records.map(({ partitionId }) => this.take(next, partitionId)));
    } catch (cause) {
      const failure =
        cause instanceof UnknownTopic ? cause : new FeedUnavailable('The feed could not take the records', { cause });
      for (const call of calls) call.reject(failure);
    }
  }

  private take(next: ReadonlyMap<number, Cursor>, partitionId: number): Appended {
    const cursor = next.get(partitionId);
    if (cursor === undefined) throw new UnknownTopic('The topic was removed while records were published');
    const { offset, appendedAtMs } = cursor;
    cursor.offset += 1n;
    return { offset, appendedAtMs };
  }

  private async write(byPartition: ReadonlyMap<number, readonly Buffer[]>): Promise<ReadonlyMap<number, Cursor>> {
    const { bytes, partitionIds, counts, octets } = rowsOf(byPartition);
    const ids = [...byPartition.keys()].join(',');
    const notification = ids.length > NOTIFICATION_BYTES_MAX ? '' : ids;
    const { rows } = await this.pool.query<StampedPartition>({
      name: 'feed-append',
      text: STATEMENTS.append,
      values: [bytes, partitionIds, counts, octets, notification],
    });
    return new Map(rows.map((row) => [row.id, { offset: row.base_offset, appendedAtMs: Number(row.now_ms) }]));
  }
}
