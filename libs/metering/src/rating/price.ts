import { NANOS_PER_UNIT } from '../amounts/decimal.js';
import { parseQuantity } from '../amounts/quantity.js';
import type { PriceDocument, TierDocument } from '../catalog/catalog-schema.js';
import { add, leastCommonMultiple, multiply, rational, subtract, ZERO, type Rational } from './rational.js';

/** One piece of a cost function: constant + slope × quantity, in nano-credits, up to and including `upTo`. */
interface Piece {
  readonly upTo: Rational | undefined;
  readonly constant: Rational;
  readonly slope: Rational;
}

/** A piece in the integer units of one denominator: (offset + Q × multiplier) / the common divisor. */
interface ScaledPiece {
  readonly upTo: bigint | undefined;
  readonly offset: bigint;
  readonly multiplier: bigint;
}

/** A price made for quantities that count 1 / `denominator`: a cost is then one multiplication and one division. */
export interface ScaledPrice {
  readonly denominator: bigint;
  /** Started packs are counted by this many integer units; undefined for the other models. */
  readonly pack: { readonly size: bigint; readonly unitsPerSize: bigint; readonly creditsNanos: bigint } | undefined;
  readonly pieces: readonly ScaledPiece[];
  readonly divisor: bigint;
}

const SCALED_PRICES_MAX = 64;

/** A price of the catalog as a cost function C(Q). Source: semantics, Rating. */
export class Price {
  readonly document: PriceDocument;
  private readonly pieces: readonly Piece[];
  // Costs only: a gauge's denominator is its cycle's length, so there are as many as lengths of cycles.
  private readonly scaledByDenominator = new Map<bigint, ScaledPrice>();
  private latest: ScaledPrice | undefined;

  constructor(document: PriceDocument) {
    this.document = document;
    this.pieces = piecesOf(document);
  }

  /** The price in the integer units of a denominator; made once for each. */
  scaledTo(denominator: bigint): ScaledPrice {
    if (this.latest !== undefined && this.latest.denominator === denominator) return this.latest;
    let scaled = this.scaledByDenominator.get(denominator);
    if (scaled === undefined) {
      scaled = this.scale(denominator);
      if (this.scaledByDenominator.size >= SCALED_PRICES_MAX) this.scaledByDenominator.clear();
      this.scaledByDenominator.set(denominator, scaled);
    }
    this.latest = scaled;
    return scaled;
  }

  private scale(denominator: bigint): ScaledPrice {
    if (denominator <= 0n) throw new RangeError('Price: the denominator must be positive');
    if (this.document.model === 'package') {
      const size = multiply(rational(nanosOf(this.document.per), NANOS_PER_UNIT), rational(denominator, 1n));
      const pack = {
        size: size.numerator,
        unitsPerSize: size.denominator,
        creditsNanos: nanosOf(this.document.credits),
      };
      return { denominator, pack, pieces: [], divisor: 1n };
    }
    const scaled = this.pieces.map((piece) => ({ ...piece, slope: multiply(piece.slope, rational(1n, denominator)) }));
    let divisor = 1n;
    for (const { constant, slope } of scaled) {
      divisor = leastCommonMultiple(leastCommonMultiple(divisor, constant.denominator), slope.denominator);
    }
    const pieces = scaled.map(({ upTo, constant, slope }) => ({
      // Quantities are whole units, so the whole part of the bound is the bound.
      upTo: upTo === undefined ? undefined : (upTo.numerator * denominator) / upTo.denominator,
      offset: constant.numerator * (divisor / constant.denominator),
      multiplier: slope.numerator * (divisor / slope.denominator),
    }));
    return { denominator, pack: undefined, pieces, divisor };
  }
}

function piecesOf(document: PriceDocument): Piece[] {
  switch (document.model) {
    case 'unit':
      return [{ upTo: undefined, constant: ZERO, slope: slopeOf(document) }];
    case 'package':
      return [];
    case 'volume':
      return document.tiers.map((tier) => ({ upTo: upToOf(tier), constant: flatOf(tier), slope: slopeOf(tier) }));
    case 'graduated':
      return graduatedPieces(document.tiers);
  }
}

/** Each tier's piece goes through the cost at its lower bound, plus its flat fee, which is charged on entering. */
function graduatedPieces(tiers: readonly TierDocument[]): Piece[] {
  const pieces: Piece[] = [];
  let lower = ZERO;
  let costBelow = ZERO;
  for (const tier of tiers) {
    const slope = slopeOf(tier);
    const constant = subtract(add(costBelow, flatOf(tier)), multiply(slope, lower));
    const upTo = upToOf(tier);
    pieces.push({ upTo, constant, slope });
    if (upTo === undefined) break;
    costBelow = add(constant, multiply(slope, upTo));
    lower = upTo;
  }
  return pieces;
}

/** Nano-credits for a quantity of 1. */
function slopeOf(price: { readonly credits: string; readonly per: string }): Rational {
  return rational(nanosOf(price.credits) * NANOS_PER_UNIT, nanosOf(price.per));
}

function flatOf(tier: TierDocument): Rational {
  return tier.flat === undefined ? ZERO : rational(nanosOf(tier.flat), 1n);
}

function upToOf(tier: TierDocument): Rational | undefined {
  return tier.upTo === undefined ? undefined : rational(nanosOf(tier.upTo), NANOS_PER_UNIT);
}

function nanosOf(text: string): bigint {
  const nanos = parseQuantity(text);
  if (nanos === undefined) throw new RangeError(`not a decimal of the catalog: ${text}`);
  return nanos;
}
