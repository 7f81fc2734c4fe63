import type { LogSlice, ReadLimits } from '../log-consumer/record-log.js';
import { recordBytes } from '../publish-limits.js';
import type { FeedRecord, PublishRecord } from '../usage-feed.js';

interface KeptRecord {
  readonly record: FeedRecord;
  readonly bytes: number;
  readonly appendedAtMs: number;
}

/** One partition's records in memory, with the offsets and clocks of a real log. */
export class MemoryPartition {
  private records: KeptRecord[] = [];
  private startOffset = 0n;
  private clockMs = 0;
  readonly wakes = new Set<() => void>();

  get start(): bigint {
    return this.startOffset;
  }

  get end(): bigint {
    return this.startOffset + BigInt(this.records.length);
  }

  /** The partition's clock, which never goes back. */
  clock(nowMs: number): number {
    this.clockMs = Math.max(this.clockMs, nowMs);
    return this.clockMs;
  }

  append(given: PublishRecord, nowMs: number, timestamps: 'append' | 'create'): FeedRecord {
    const appendedAtMs = this.clock(nowMs);
    const record: FeedRecord = {
      offset: this.end,
      timestampMs: timestamps === 'create' ? (given.timestampMs ?? appendedAtMs) : appendedAtMs,
      key: given.key === null ? null : Uint8Array.from(given.key),
      value: given.value === null ? null : Uint8Array.from(given.value),
      headers: given.headers ?? {},
    };
    this.records.push({ record, bytes: recordBytes(given), appendedAtMs });
    return record;
  }

  at(offset: bigint): FeedRecord | undefined {
    return offset < this.startOffset ? undefined : this.records[Number(offset - this.startOffset)]?.record;
  }

  slice(from: bigint, limits: ReadLimits): LogSlice {
    const records: FeedRecord[] = [];
    let bytes = 0;
    let index = from < this.startOffset ? this.records.length : Number(from - this.startOffset);
    for (let kept = this.records[index]; kept !== undefined; kept = this.records[++index]) {
      bytes += kept.bytes;
      if (records.length > 0 && (records.length >= limits.recordsMax || bytes > limits.bytesMax)) break;
      records.push(kept.record);
    }
    return { startOffset: this.start, endOffset: this.end, records, isFull: index < this.records.length };
  }

  trim(nextOffset: bigint, appendedBeforeMs: number): void {
    let count = 0;
    for (const kept of this.records) {
      if (kept.record.offset >= nextOffset || kept.appendedAtMs >= appendedBeforeMs) break;
      count++;
    }
    this.records.splice(0, count);
    this.startOffset += BigInt(count);
  }
}
