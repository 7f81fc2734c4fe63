import type { UsageEvent } from '../../usage-event/index.js';
import { hourOf } from '../../time/index.js';
import type { Counted } from '../columns/group-columns.js';
import type { Drafting } from '../drafting.js';
import type { ChargeBuilder } from './charge-builder.js';
import { chargeLine } from './charge-line.js';
import { lineOf, type MeasuredMeter, type UsageMeasure } from './measure-usage.js';
import type { Place } from './usage-time.js';

/** A usage event that was measured, where it counts, and the number of its dimensions in the event that charges it. */
interface Charging {
  readonly event: UsageEvent;
  readonly measure: UsageMeasure;
  readonly place: Place;
  readonly dimensions: number;
}

/**
 * Charges every meter line of a usage event and answers the nano-credits that it moved. Lines of the commonest kind are
 * charged in plain numbers (`UseTally`), all others by the general rule, which says the same of both (I12).
 */
export function chargeMeters(drafting: Drafting, builder: ChargeBuilder, charging: Charging): number {
  const { measure, place, dimensions } = charging;
  const { draft } = drafting;
  const budgets = builder.budgetsOf(drafting);
  budgets.begin(place, measure.values);
  const { lineUses } = builder;
  if (lineUses.length > measure.count) lineUses.length = measure.count;
  const hour = hourOf(place.usageTimeMs);
  let movedNanos = 0;
  for (let at = 0; at < measure.count; at += 1) {
    const measured = measure.at(at);
    const tally = builder.tallyOf(measured.rate, place);
    const counted = at === 0 ? 'first' : 'further';
    const { plainUnits } = measured;
    let nanos = plainUnits === undefined ? -1 : tally.charge(draft, builder, plainUnits);
    if (plainUnits !== undefined && nanos >= 0) {
      const { quantities, credits } = tally.groups;
      const group = tally.groups.of(dimensions, hour, counted);
      quantities.addNumber(group, plainUnits);
      credits.addNumber(group, nanos);
      builder.evidence.lineCount += 1;
      budgets.count(tally.use.pool, nanos);
    } else {
      const creditsNanos = chargeGenerally(drafting, builder, { ...charging, measured, use: tally.index, counted });
      budgets.countExact(tally.use.pool, creditsNanos);
      nanos = Math.abs(Number(creditsNanos));
    }
    lineUses[at] = tally.index;
    movedNanos += nanos;
  }
  return movedNanos;
}

function chargeGenerally(
  drafting: Drafting,
  builder: ChargeBuilder,
  charging: Charging & { readonly measured: MeasuredMeter; readonly use: number; readonly counted: Counted },
): bigint {
  const { measured, place, use, dimensions, counted } = charging;
  const { usageTimeMs } = place;
  builder.settle(drafting.draft);
  const denominator = drafting.catalog.denominatorIn(measured.meter, place.cycle);
  const line = lineOf(measured, { event: charging.event, said: charging.measure, usageTimeMs }, denominator);
  const charged = chargeLine(drafting.draft, builder, { line, use, usageTimeMs });
  builder.addLine(charged, { dimensions, usageTimeMs, counted });
  return charged.creditsNanos;
}
