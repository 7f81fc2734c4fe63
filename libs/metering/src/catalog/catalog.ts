import type { Credits } from '../amounts/credits.js';
import type { Money } from '../amounts/money.js';
import type { Quantity } from '../amounts/quantity.js';
import type { Meter } from '../meters/meter.js';
import type { Price } from '../rating/price.js';
import type { Period } from '../time/period.js';
import type { CatalogDocument, PackageDocument, PlanDocument } from './catalog-schema.js';

/** What a meter's quantity costs, from which pool, under one version of a rate card. */
export interface Rate {
  /** Identity: meter, canonical `where` and pool as JSON text; stable across versions, so that Q continues. */
  readonly key: string;
  readonly meter: Meter;
  readonly pool: string;
  readonly price: Price;
  readonly rateCard: string;
  readonly effectiveFromMs: number;
}

/** What becomes of unused plan credits at a cycle's end; `cycles` null carries for ever. */
export type Rollover =
  | { readonly model: 'none' }
  /** The cap is `maxNanos`, or where that is null a share (10^-9) of the included amount. */
  | {
      readonly model: 'capped';
      readonly maxNanos: Credits | null;
      readonly shareNanos: bigint;
      readonly cycles: number | null;
    };

export interface Included {
  readonly pool: string;
  readonly amountNanos: Credits;
  readonly rollover: Rollover;
}

/** Free credits that an account gets once, when it opens on the plan. */
export interface Welcome {
  readonly pool: string;
  readonly amountNanos: Credits;
  /** Null: never. */
  readonly expires: Period | null;
}

export interface Plan {
  readonly key: string;
  readonly rateCard: string;
  readonly isPaid: boolean;
  readonly isDefault: boolean;
  readonly price: Money | null;
  readonly included: readonly Included[];
  readonly welcome: readonly Welcome[];
  /** By pool, one for each pool of the catalog: 0 where the plan says nothing. */
  readonly negativeLimits: ReadonlyMap<string, Credits>;
  readonly startThresholds: ReadonlyMap<string, Credits>;
  readonly negativeBalance: 'carry' | 'forgive';
  readonly document: PlanDocument;
}

export interface VolumeTier {
  readonly upTo: Quantity | undefined;
  /** Price of `perNanos` credits, in 10^-9 of the currency. */
  readonly amountNanos: bigint;
  readonly perNanos: bigint;
}

/** A purchasable amount. Either fixed (credits and a price) or by volume (tiers over the credits bought). */
export interface Package {
  readonly key: string;
  readonly pool: string;
  readonly currency: string;
  readonly creditsNanos: Credits | null;
  readonly bonusNanos: Credits;
  readonly fixedPrice: Money | null;
  readonly volumeTiers: readonly VolumeTier[];
  readonly minQuantity: Quantity | null;
  readonly maxQuantity: Quantity | null;
  /** Null: never. */
  readonly expires: Period | null;
  readonly refundWindow: Period | null;
  readonly document: PackageDocument;
}

/** The values that an event has of its dimensions: only those that a rate asks for are looked up. */
export type DimensionLookup = Pick<ReadonlyMap<string, string>, 'get'>;

/** One revision of the catalog, compiled for lookups. Immutable; caches inside affect cost, never meaning. */
export interface Catalog {
  readonly version: number;
  readonly document: CatalogDocument;
  readonly dimensions: readonly string[];
  readonly pools: readonly string[];
  readonly plans: readonly Plan[];
  readonly packages: readonly Package[];
  readonly meters: readonly Meter[];
  readonly defaultPlan: Plan | undefined;
  readonly graceMs: number;
  /** In the catalog's order; empty for an event type that it does not know. */
  metersOf(eventType: string): readonly Meter[];
  meter(key: string): Meter | undefined;
  plan(key: string): Plan | undefined;
  package(key: string): Package | undefined;
  /** How many integer units of the meter make 1 in a cycle. */
  denominatorIn(meter: Meter, cycle: { readonly startMs: number; readonly endMs: number }): bigint;
  /** The first rate whose `where` matches, in the version of the plan's rate card that is effective at `timeMs`. */
  rateOf(planKey: string, timeMs: number, meter: Meter, dimensions: DimensionLookup): Rate | undefined;
  /** The same for values of `dimensions`, side by side with these names; undefined where the event has none. */
  rateFor(planKey: string, timeMs: number, meter: Meter, values: readonly (string | undefined)[]): Rate | undefined;
  /** The rate with this key in that version: how one goes on when a new version takes effect. */
  rateNamed(planKey: string, timeMs: number, meter: Meter, rateKey: string): Rate | undefined;
}
