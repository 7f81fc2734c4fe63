import type { Quantity } from '../amounts/quantity.js';

export type Aggregation = 'count' | 'sum' | 'max' | 'unique' | 'latest' | 'time-weighted';
export type MeterPer = 'second' | 'minute' | 'hour' | 'day' | 'month';

/** A multiplier looked up by a dimension, such as the hardware profile. */
export interface MeterFactor {
  readonly by: string;
  readonly values: ReadonlyMap<string, Quantity>;
}

/** A meter as the hot path reads it. */
export interface Meter {
  readonly key: string;
  readonly eventType: string;
  readonly aggregation: Aggregation;
  /** Names of the data fields whose product is the value; none for a count. */
  readonly fields: readonly string[];
  readonly factor?: MeterFactor;
  /** Dimensions that name a series of `latest` and gauges; absent: all dimensions of the event. */
  readonly series?: readonly string[];
  /** The unit of time that a gauge is integrated over. */
  readonly per?: MeterPer;
  /** Decimal places of a measured value: 9 for a count or distinct values, 9 for each field and for the factor. */
  readonly quantityScale: number;
  /** How many integer units make a quantity of 1 (10^quantityScale); for gauges use `denominatorIn`. */
  readonly denominator: bigint;
}
