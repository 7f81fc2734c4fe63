import type { Pool } from 'pg';
import type { LogBounds, LogSlice, ReadLimits, RecordLog } from '../log-consumer/record-log.js';
import type { PartitionOffset } from '../position-hints.js';
import type { FeedRecord, TopicPartition } from '../usage-feed.js';
import type { FeedWakeUps } from './feed-wake-ups.js';
import type { PartitionDirectory } from './partition-directory.js';
import { copyRows, type BinaryColumn } from './copy-rows.js';
import { DrainedPartitions } from './drained-partitions.js';
import { decodeRecords } from './record-codec.js';
import { STATEMENTS } from './statements.js';

/** Candidates of one fetch; sizes decide how many of them are read. */
const FETCH_ROWS_MAX = 512;

const NO_BYTES = Buffer.alloc(0);
const ONE_RECORD: ReadLimits = { recordsMax: 1, bytesMax: 1 };

interface FetchedRow {
  readonly start_offset: bigint;
  readonly next_offset: bigint;
  readonly last_offset: bigint | null;
  readonly records_count: number;
  readonly base_timestamp_ms: bigint;
  readonly records: Buffer;
}

function collect(rows: readonly FetchedRow[], from: bigint, limits: ReadLimits): FeedRecord[] {
  const records: FeedRecord[] = [];
  let octetsTotal = 0;
  for (const row of rows) {
    if (row.last_offset === null) continue;
    const baseOffset = row.last_offset - BigInt(row.records_count) + 1n;
    const given = { bytes: row.records, baseOffset, baseTimestampMs: Number(row.base_timestamp_ms) };
    for (const { record, octets } of decodeRecords(given)) {
      if (record.offset < from) continue;
      octetsTotal += octets;
      if (records.length > 0 && (records.length >= limits.recordsMax || octetsTotal > limits.bytesMax)) return records;
      records.push(record);
    }
  }
  return records;
}

/** What the columns of `sql/read.sql` hold, in their order. */
function fetchedRowOf([start, next, last, count, base, records]: readonly BinaryColumn[]): FetchedRow {
  return {
    start_offset: start?.readBigInt64BE() ?? 0n,
    next_offset: next?.readBigInt64BE() ?? 0n,
    last_offset: last?.readBigInt64BE() ?? null,
    records_count: count?.readInt32BE() ?? 0,
    base_timestamp_ms: base?.readBigInt64BE() ?? 0n,
    records: records ?? NO_BYTES,
  };
}

/** Reads partitions from their rows: one statement, one snapshot, so bounds and records agree. */
export class PostgresRecordLog implements RecordLog {
  /** Partitions whose last slice left records waiting: the next one will be large. */
  private readonly behind = new Set<number>();
  private readonly drained: DrainedPartitions;

  constructor(
    private readonly pool: Pool,
    private readonly directory: PartitionDirectory,
    private readonly wakeUps: FeedWakeUps,
  ) {
    this.drained = new DrainedPartitions(pool);
  }

  async partitions(topics: readonly string[]): Promise<readonly TopicPartition[]> {
    const found = await this.directory.load(topics);
    return found.map(({ topic, partition }) => ({ topic, partition }));
  }

  async keepHints(offsets: readonly PartitionOffset[]): Promise<void> {
    const columns = [offsets.map((o) => o.topic), offsets.map((o) => o.partition), offsets.map((o) => o.offset)];
    await this.pool.query({ name: 'feed-keep-hints', text: STATEMENTS.keepHints, values: columns });
  }

  bounds(partition: TopicPartition): Promise<LogBounds | undefined> {
    return this.read(partition, 0n, ONE_RECORD);
  }

  async read(partition: TopicPartition, from: bigint, limits: ReadLimits): Promise<LogSlice | undefined> {
    const id = await this.directory.idOf(partition);
    const rows = await this.fetch(id, from, limits);
    const first = rows[0];
    if (first === undefined) return undefined;
    const records = from < first.start_offset ? [] : collect(rows, from, limits);
    const last = records.at(-1);
    const isFull = last !== undefined && last.offset + 1n < first.next_offset;
    if (isFull) this.behind.add(id);
    else this.behind.delete(id);
    return { startOffset: first.start_offset, endOffset: first.next_offset, records, isFull };
  }

  private async fetch(id: number, from: bigint, limits: ReadLimits): Promise<readonly FetchedRow[]> {
    const values = [id, from, limits.recordsMax, limits.bytesMax, FETCH_ROWS_MAX];
    if (!this.behind.has(id)) {
      const { rows } = await this.pool.query<FetchedRow>({ name: 'feed-read', text: STATEMENTS.read, values });
      return rows;
    }
    // COPY takes no parameters; these are numbers.
    const statement = STATEMENTS.read.replaceAll(/\$(\d)/g, (_, number) => String(values[Number(number) - 1]));
    return (await copyRows(this.pool, statement)).map(fetchedRowOf);
  }

  async readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined> {
    const slice = await this.read(partition, offset, ONE_RECORD);
    const record = slice?.records[0];
    return record?.offset === offset ? record : undefined;
  }

  async drainedAtMs(partition: TopicPartition, end: bigint): Promise<number | undefined> {
    const id = await this.directory.idOf(partition);
    return this.drained.atMs(id, end);
  }

  onAppended(partition: TopicPartition, wake: () => void): () => void {
    const id = this.directory.knownId(partition);
    return id === undefined ? () => undefined : this.wakeUps.subscribe(id, wake);
  }
}
