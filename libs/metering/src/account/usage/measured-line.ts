import type { Rate } from '../../catalog/index.js';
import type { SeriesPoint } from '../account-events.js';

/** What one meter says of one usage event, with the rate that prices it. One shape for all meters: this is a hot path. */
export interface MeasuredLine {
  /** `accrual` is what a cycle's end adds to a gauge. */
  readonly aggregation: 'count' | 'sum' | 'max' | 'unique' | 'latest' | 'time-weighted' | 'accrual';
  readonly rate: Rate;
  /** How many of the meter's integer units make one. */
  readonly denominator: bigint;
  /** In the meter's units; zero where `value` or `point` says it. */
  readonly valueUnits: bigint;
  /** Of a `unique` meter. */
  readonly value: string | null;
  /** Of `latest` and `time-weighted` meters. */
  readonly point: SeriesPoint | null;
  /** Of a product: field values (10⁻⁹), then its factor. */
  readonly inputs: readonly bigint[] | null;
}
