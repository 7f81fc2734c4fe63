import type { Rate } from '../../catalog/index.js';
import type { SeriesPoint } from '../account-events.js';

/** What one meter says of one usage event, with the rate that prices it. */
export type MeasuredLine = MeasuredLineValue & {
  readonly meter: string;
  readonly rate: Rate;
  /** How many of the meter's integer units make one. */
  readonly denominator: bigint;
  /** Field values (10⁻⁹) of a product, then its factor. */
  readonly inputs?: readonly bigint[];
};

export type MeasuredLineValue =
  | { readonly aggregation: 'count' | 'sum' | 'max'; readonly valueUnits: bigint }
  | { readonly aggregation: 'unique'; readonly value: string }
  | { readonly aggregation: 'latest' | 'time-weighted'; readonly point: SeriesPoint }
  /** What a cycle's end adds to a gauge. */
  | { readonly aggregation: 'accrual'; readonly valueUnits: bigint };
