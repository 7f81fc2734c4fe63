import type { ReadLimits } from '../log-consumer/record-log.js';
import type { FeedRecord } from '../usage-feed.js';
import { RecordBuffer } from './record-buffer.js';

/** How the fetching of one partition is let run and held back. */
export interface FetchFlow {
  pause(): void;
  resume(): void;
  /** How much the partition may hold now. */
  bytesMax(): number;
}

/**
 * Records of one partition that are fetched and not decided: in the buffer, or taken and waiting for their handler. A
 * partition that holds its share is not fetched until its handler has taken enough.
 */
export class HeldRecords {
  private readonly buffer = new RecordBuffer();
  private takenBytes = 0;
  private isPaused = true;

  constructor(private readonly flow: FetchFlow) {
    this.flow.pause();
  }

  get bytes(): number {
    return this.buffer.bytes + this.takenBytes;
  }

  get isEmpty(): boolean {
    return this.buffer.isEmpty;
  }

  push(record: FeedRecord): void {
    this.buffer.push(record);
  }

  pauseWhenFull(): void {
    if (this.bytes >= this.flow.bytesMax()) this.pause();
  }

  take(limits: ReadLimits): readonly FeedRecord[] {
    const bytes = this.buffer.bytes;
    const records = this.buffer.take(limits);
    this.takenBytes = bytes - this.buffer.bytes;
    return records;
  }

  /** The handler has what was taken last. */
  handedOver(): void {
    this.takenBytes = 0;
    if (this.isPaused && this.bytes * 2 <= this.flow.bytesMax()) this.resume();
  }

  /** Whether it is worth while to wait for what is fetched: there is something, less than a batch and half the share. */
  isGrowing({ recordsMax, bytesMax }: ReadLimits): boolean {
    const { buffer, flow, isPaused } = this;
    if (isPaused || buffer.isEmpty || buffer.count >= recordsMax) return false;
    return buffer.bytes < Math.min(bytesMax, flow.bytesMax() / 2);
  }

  clear(): void {
    this.buffer.clear();
  }

  pause(): void {
    this.isPaused = true;
    this.flow.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.flow.resume();
  }
}
