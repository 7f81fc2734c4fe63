import type { ReadLimits } from '../log-consumer/record-log.js';
import { recordBytes } from '../publish-limits.js';
import type { FeedRecord } from '../usage-feed.js';

/** Records fetched and not yet handed over, in order. */
export class RecordBuffer {
  private records: FeedRecord[] = [];
  private sizes: number[] = [];
  private head = 0;
  private heldBytes = 0;

  get bytes(): number {
    return this.heldBytes;
  }

  get count(): number {
    return this.records.length - this.head;
  }

  get isEmpty(): boolean {
    return this.head === this.records.length;
  }

  push(record: FeedRecord): void {
    const bytes = recordBytes(record);
    this.records.push(record);
    this.sizes.push(bytes);
    this.heldBytes += bytes;
  }

  /** What is there, up to the limits; one record larger than the bytes comes alone. */
  take(limits: ReadLimits): readonly FeedRecord[] {
    let end = this.head;
    let bytes = 0;
    while (end < this.records.length && end - this.head < limits.recordsMax) {
      const next = this.sizes[end] ?? 0;
      if (end > this.head && bytes + next > limits.bytesMax) break;
      bytes += next;
      end++;
    }
    const taken = this.records.slice(this.head, end);
    this.head = end;
    this.heldBytes -= bytes;
    this.compact();
    return taken;
  }

  clear(): void {
    this.records = [];
    this.sizes = [];
    this.head = 0;
    this.heldBytes = 0;
  }

  /** Lets go of what was taken; copying only when at least half is gone keeps a take cheap. */
  private compact(): void {
    if (this.isEmpty) this.clear();
    else if (this.head * 2 >= this.records.length) {
      this.records = this.records.slice(this.head);
      this.sizes = this.sizes.slice(this.head);
      this.head = 0;
    }
  }
}
