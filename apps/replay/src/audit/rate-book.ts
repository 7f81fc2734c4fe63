import { costNanos, type CycleBounds, type Price } from '@app/metering';
import type { CatalogTerms } from './catalog-terms.js';
import type { Reached } from './charge-column.js';
import { GaugeSeries } from './gauge-series.js';

/** Cumulative quantity of one rate in one cycle, as the evidence lines add it up. */
export class RateBook {
  /** In the meter's own units. */
  units = 0n;
  /** Credits charged and not given back, of rates whose quantity may shrink. */
  drawnNanos = 0n;
  /** A refund or forgiven overdraft has taken draws back: what a negative charge may give back is not known exactly. */
  isTakenBack = false;
  /** Its value holds between samples, and a cycle's end adds the rest. */
  isGauge = false;
  /** What the catalog said of its last use. */
  terms: CatalogTerms | undefined;
  readonly values = new Set<string>();
  readonly series = new Map<string, GaugeSeries>();
  /** C of `units` under the price that was asked last: the next line begins where this one ended. */
  private knownPrice: Price | undefined;
  private knownDenominator = 0n;
  private knownCostNanos = 0n;

  constructor(
    readonly meter: string,
    readonly cycle: Pick<CycleBounds, 'startMs'>,
  ) {}

  seriesOf(name: string): GaugeSeries {
    let series = this.series.get(name);
    if (series === undefined) this.series.set(name, (series = new GaugeSeries()));
    return series;
  }

  /** Adds to the cumulative quantity; answers what that costs, C(Q + q) − C(Q). */
  add(deltaUnits: bigint, price: Price, denominator: bigint): bigint {
    const isKnown = this.knownPrice === price && this.knownDenominator === denominator;
    if (isKnown && deltaUnits === 0n) return 0n;
    const before = this.costNanos(price, denominator);
    const units = this.units + deltaUnits;
    this.reach({ units, costNanos: costNanos(price, units, denominator) }, price, denominator);
    return this.knownCostNanos - before;
  }

  /** C of the cumulative quantity. */
  costNanos(price: Price, denominator: bigint): bigint {
    const isKnown = this.knownPrice === price && this.knownDenominator === denominator;
    return isKnown ? this.knownCostNanos : costNanos(price, this.units, denominator);
  }

  /** Sets the cumulative quantity, and C of it. */
  reach({ units, costNanos: nanos }: Reached, price: Price, denominator: bigint): void {
    this.units = units;
    this.knownPrice = price;
    this.knownDenominator = denominator;
    this.knownCostNanos = nanos;
  }

  /** Draws were refunded, or forgiven as overdraft. */
  takeBack(amountNanos: bigint): void {
    this.isTakenBack = true;
    this.drawnNanos -= this.drawnNanos < amountNanos ? this.drawnNanos : amountNanos;
  }

  /** Adds a quantity whose price is not known. */
  addUnpriced(deltaUnits: bigint): void {
    this.units += deltaUnits;
    this.knownPrice = undefined;
  }
}
