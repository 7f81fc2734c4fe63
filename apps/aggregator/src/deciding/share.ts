import type { UsageRecord } from '@app/metering';
import type { AggregatorSettings } from '../settings.js';
import { chargedBytes, quarantinedBytes } from './estimate-bytes.js';

type Limits = Pick<AggregatorSettings, 'appendRecordsMax' | 'appendBytesMax'>;

/** How much of an account's records is decided in one append. */
export class Share {
  #recordsMax: number;
  #isCautious = false;
  /** The next append is sent in a call of its own. */
  isAlone = false;

  constructor(private readonly limits: Limits) {
    this.#recordsMax = limits.appendRecordsMax;
  }

  /** The next records, at least one. Most are charged and small; cautiously, each may be quarantined whole. */
  take(records: readonly UsageRecord[], from: number): readonly UsageRecord[] {
    let bytes = 0;
    let to = from;
    for (; to < records.length && to - from < this.#recordsMax; to += 1) {
      const record = records[to];
      if (record === undefined) break;
      bytes += this.#isCautious ? quarantinedBytes(record.raw) : chargedBytes(record);
      if (bytes > this.limits.appendBytesMax && to > from) break;
    }
    return from === 0 && to === records.length ? records : records.slice(from, to);
  }

  /** Each conflict in a row halves it, so that an account that others write to is still won. */
  halve(taken: number): void {
    this.#recordsMax = Math.max(1, taken >> 1);
  }

  /** The append was too large: first as if all were quarantined, then by halves. */
  shrink(taken: number): void {
    if (this.#isCautious) this.halve(taken);
    this.#isCautious = true;
  }

  succeeded(): void {
    this.#recordsMax = this.limits.appendRecordsMax;
    this.isAlone = false;
  }
}
