import type { CycleBounds, DimensionPairs, SeriesPoint } from '../account-events.js';
import { ChargeBuilder } from '../usage/charge-builder.js';
import { chargeLine } from '../usage/charge-line.js';
import type { MeasuredLine } from '../usage/measured-line.js';
import type { Drafting } from '../drafting.js';
import { planAt } from '../rules/plan-terms.js';
import { countForBudgets } from '../evolve/evolve-usage.js';

/** Each gauge holds its last value up to the cycle's end: the rest of the integral, as a charge of its own. */
export function accrueGauges(drafting: Drafting, cycle: CycleBounds): void {
  const rates = drafting.draft.rates.get(cycle.startMs);
  if (rates === undefined) return;
  const builder = new ChargeBuilder(drafting.nextRevision);
  for (const [name, { gauge, series }] of rates)
    if (gauge !== null)
      for (const points of series?.values() ?? [])
        accrueSeries(drafting, builder, { cycle, rate: name, meter: gauge, points });
  if (builder.isEmpty) return;
  const { catalog } = drafting;
  drafting.pushFolded(builder.finish({ atMs: cycle.endMs, feed: null, catalogVersion: catalog.version }));
}

function accrueSeries(
  drafting: Drafting,
  builder: ChargeBuilder,
  gauge: { cycle: CycleBounds; rate: string; meter: string; points: readonly SeriesPoint[] },
): void {
  const last = gauge.points.at(-1);
  const { cycle } = gauge;
  if (last === undefined || last.valueUnits === 0n || last.usageTimeMs >= cycle.endMs) return;
  const { catalog, wallet, draft } = drafting;
  const meter = catalog.meter(gauge.meter);
  const pairs = pairsOfSeries(last.series);
  const atMs = cycle.endMs - 1;
  const plan = planAt(wallet, atMs);
  if (meter === undefined) return;
  // The rest belongs to the rate that the samples count in, whatever a series says of the dimensions that it matched by.
  const rate = catalog.rateNamed(plan, atMs, meter, gauge.rate) ?? catalog.rateOf(plan, atMs, meter, new Map(pairs));
  if (rate === undefined) return;
  const tally = builder.tallyOf(rate, { plan, cycle, outcome: 'charged' });
  const line: MeasuredLine = {
    aggregation: 'accrual',
    rate,
    denominator: catalog.denominatorIn(meter, cycle),
    valueUnits: last.valueUnits * BigInt(cycle.endMs - last.usageTimeMs),
    value: null,
    point: null,
    inputs: null,
  };
  const charged = chargeLine(draft, builder, { line, use: tally.index, usageTimeMs: atMs });
  const dimensions = builder.dimensionsOfPairs(pairs);
  builder.addLine(charged, { dimensions, usageTimeMs: atMs, counted: 'accrual' });
  countForBudgets(wallet, tally.use, { pairs, creditsNanos: charged.creditsNanos });
}

/** A series is named by the JSON text of its dimensions, as pairs in the catalog's order. */
export const seriesOf = (pairs: DimensionPairs): string => JSON.stringify(pairs);

function pairsOfSeries(series: string): DimensionPairs {
  const pairs: unknown = JSON.parse(series);
  if (!Array.isArray(pairs)) throw new SyntaxError('a series is named by pairs');
  return pairs.map((pair: unknown): [string, string] => {
    if (!Array.isArray(pair)) throw new SyntaxError('a series is named by pairs');
    return [String(pair[0]), String(pair[1])];
  });
}
