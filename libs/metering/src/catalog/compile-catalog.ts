import { denominatorIn } from '../meters/denominator-in.js';
import type { Meter } from '../meters/meter.js';
import { parseDuration } from '../time/period.js';
import type { Catalog, DimensionLookup, Package, Plan, Rate } from './catalog.js';
import { DEFAULT_GRACE_MS } from './catalog-limits.js';
import type { CatalogDocument } from './catalog-schema.js';
import {
  candidatesAt,
  compileRateCard,
  firstMatch,
  firstMatchInPlace,
  type Candidate,
  type CompiledVersion,
} from './compile-rates.js';
import { compileMeter, compilePackage, compilePlan } from './compile-terms.js';

/** A validated document as lookups. `version` is the catalog's revision, which every charge records. */
export function compileCatalog(document: CatalogDocument, version: number): Catalog {
  return new CompiledCatalog(document, version);
}

class CompiledCatalog implements Catalog {
  readonly version: number;
  readonly document: CatalogDocument;
  readonly dimensions: readonly string[];
  readonly pools: readonly string[];
  readonly plans: readonly Plan[];
  readonly packages: readonly Package[];
  readonly meters: readonly Meter[];
  readonly defaultPlan: Plan | undefined;
  readonly graceMs: number;
  private readonly metersByKey: ReadonlyMap<string, Meter>;
  private readonly metersByType = new Map<string, Meter[]>();
  private readonly plansByKey: ReadonlyMap<string, Plan>;
  private readonly packagesByKey: ReadonlyMap<string, Package>;
  private readonly versionsByPlan = new Map<string, readonly CompiledVersion[]>();

  constructor(document: CatalogDocument, version: number) {
    this.version = version;
    this.document = document;
    this.dimensions = document.dimensions;
    this.pools = document.pools.map((pool) => pool.key);
    this.meters = document.meters.map(compileMeter);
    this.plans = document.plans.map((plan) => compilePlan(plan, this.pools));
    this.packages = (document.packages ?? []).map(compilePackage);
    this.defaultPlan = this.plans.find((plan) => plan.isDefault);
    this.graceMs =
      document.grace === undefined ? DEFAULT_GRACE_MS : (parseDuration(document.grace) ?? DEFAULT_GRACE_MS);
    this.metersByKey = new Map(this.meters.map((meter) => [meter.key, meter]));
    this.plansByKey = new Map(this.plans.map((plan) => [plan.key, plan]));
    this.packagesByKey = new Map(this.packages.map((each) => [each.key, each]));
    for (const meter of this.meters) {
      const list = this.metersByType.get(meter.eventType);
      if (list === undefined) this.metersByType.set(meter.eventType, [meter]);
      else list.push(meter);
    }
    const cards = new Map(
      document.rateCards.map((card) => [card.key, compileRateCard(card, this.metersByKey, this.dimensions)]),
    );
    for (const plan of this.plans) this.versionsByPlan.set(plan.key, cards.get(plan.rateCard) ?? []);
  }

  metersOf(eventType: string): readonly Meter[] {
    return this.metersByType.get(eventType) ?? NO_METERS;
  }

  meter(key: string): Meter | undefined {
    return this.metersByKey.get(key);
  }

  plan(key: string): Plan | undefined {
    return this.plansByKey.get(key);
  }

  package(key: string): Package | undefined {
    return this.packagesByKey.get(key);
  }

  denominatorIn(meter: Meter, cycle: { readonly startMs: number; readonly endMs: number }): bigint {
    return denominatorIn(meter, cycle.startMs, cycle.endMs);
  }

  rateOf(planKey: string, timeMs: number, meter: Meter, dimensions: DimensionLookup): Rate | undefined {
    return firstMatch(this.candidatesOf(planKey, timeMs, meter), dimensions);
  }

  rateFor(planKey: string, timeMs: number, meter: Meter, values: readonly (string | undefined)[]): Rate | undefined {
    return firstMatchInPlace(this.candidatesOf(planKey, timeMs, meter), values);
  }

  rateNamed(planKey: string, timeMs: number, meter: Meter, rateKey: string): Rate | undefined {
    return this.candidatesOf(planKey, timeMs, meter).find(({ rate }) => rate.key === rateKey)?.rate;
  }

  private candidatesOf(planKey: string, timeMs: number, meter: Meter): readonly Candidate[] {
    return candidatesAt(this.versionsByPlan.get(planKey) ?? NO_VERSIONS, timeMs, meter.key);
  }
}

const NO_METERS: readonly Meter[] = [];
const NO_VERSIONS: readonly CompiledVersion[] = [];
