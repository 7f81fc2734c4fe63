import { createHash } from 'node:crypto';
import type { RawRecord } from '@app/metering';
import type { FeedRecord } from '@app/usage-feed';

/** Bytes of a record's value that quarantine keeps; the whole is requeued from the log while the log has it. */
export const RAW_BYTES_KEPT = 64 * 1024;

/** What quarantine keeps of a record, made only when it is asked for: of most records it never is. */
export class LazyRawRecord implements RawRecord {
  #sha256: string | undefined;

  /** `structured` stands for the value of a binary event, whose attributes would be lost with its headers. */
  constructor(
    private readonly record: FeedRecord,
    private readonly structured?: () => Uint8Array | null,
  ) {}

  get key(): string | null {
    return this.record.key === null ? null : Buffer.from(this.record.key).toString('utf8');
  }

  get payload(): string | null {
    const bytes = this.structured?.() ?? this.record.value;
    if (bytes === null) return null;
    return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, RAW_BYTES_KEPT)).toString('base64');
  }

  get sizeBytes(): number {
    return this.record.value?.length ?? 0;
  }

  get sha256(): string {
    this.#sha256 ??= sha256Of(this.record);
    return this.#sha256;
  }
}

/** Of the value, in hexadecimal digits. */
export const sha256Of = ({ value }: Pick<FeedRecord, 'value'>): string =>
  createHash('sha256')
    .update(value ?? new Uint8Array())
    .digest('hex');
