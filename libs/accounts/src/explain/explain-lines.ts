import {
  costNanos,
  drawsOfEvidence,
  entriesOf,
  entryId,
  usesOfEntry,
  type AccountState,
  type Catalog,
  type EvidenceLine,
  type EvidenceMeterLine,
  type LineDraws,
  type Meter,
  type RateUse,
  type UsageCharged,
} from '@app/metering';
import type { BalanceChange, LineExplanation, UsageExplanation } from './explanation.js';

/** A `UsageCharged` with what it was decided on. */
export interface ChargeInContext {
  readonly organisation: string;
  readonly revision: bigint;
  readonly event: UsageCharged;
  /** Of the account before the event. */
  readonly before: AccountState;
  /** The catalog of the version that the event names. */
  readonly catalog: Catalog;
}

/** Explains the evidence lines that `isWanted` selects; what stands before a line decides its cumulative quantity. */
export function explainLines(charge: ChargeInContext, isWanted: (lineIndex: number) => boolean): UsageExplanation[] {
  const walk = new LineWalk(charge);
  const found: UsageExplanation[] = [];
  charge.event.evidence.forEach((line, index) => {
    const explanation = walk.step(line, index);
    if (isWanted(index)) found.push(explanation());
  });
  return found;
}

/** Goes through the lines of one event, with cumulative quantities and balances as they stand at each. */
class LineWalk {
  private readonly units = new Map<string, bigint>();
  private readonly balances = new Map<string, bigint>();
  private readonly draws: ReadonlyMap<number, readonly LineDraws[]>;
  private readonly entryOfUse = new Map<number, string>();

  constructor(private readonly charge: ChargeInContext) {
    const { event, revision, before } = charge;
    this.draws = drawsOfEvidence(event);
    entriesOf(event).forEach((entry, index) => {
      if (entry.type !== 'deduction') return;
      for (const use of usesOfEntry(event, index)) this.entryOfUse.set(use, entryId(revision, index));
    });
    for (const [key, pool] of before.wallet.pools) this.balances.set(key, pool.balanceNanos);
  }

  /** Moves past a line; the answer describes it, and is made only when it is called (before the next step). */
  step(line: EvidenceLine, index: number): () => UsageExplanation {
    const draws = this.draws.get(index) ?? [];
    const steps = line.lines.map((meterLine, at) => ({
      meterLine,
      draws: draws[at]?.draws ?? [],
      ...this.move(meterLine),
    }));
    const balances: BalanceChange[] = [];
    for (const { meterLine, draws: runs } of steps) this.pay(balances, this.useOf(meterLine.use).pool, runs);
    return () => ({
      organisation: this.charge.organisation,
      source: line.source,
      id: line.id,
      outcome: this.useOf(line.lines[0]?.use ?? 0).outcome,
      timeMs: line.timeMs,
      usageTimeMs: line.usageTimeMs,
      revision: this.charge.revision,
      lineIndex: index,
      record: this.recordOf(line),
      dimensions: this.charge.event.dimensions[line.dimensions] ?? [],
      catalogVersion: this.charge.event.catalogVersion,
      lines: steps.map((step) => this.explain(line, step)),
      balances,
    });
  }

  private useOf(index: number): RateUse {
    const use = this.charge.event.uses[index];
    if (use === undefined) throw new RangeError(`rate use ${index} of event ${this.charge.revision} is not listed`);
    return use;
  }

  private recordOf(line: EvidenceLine): UsageExplanation['record'] {
    const { feed } = this.charge.event;
    if (feed === null) return null;
    const { topic, generation, partition } = feed;
    return { topic, generation, partition, offset: line.offset, timestampMs: line.recordTimestampMs };
  }

  private move(line: EvidenceMeterLine): { beforeUnits: bigint; afterUnits: bigint } {
    const use = this.useOf(line.use);
    const key = `${use.cycle.startMs}\n${use.rate}`;
    const known = this.units.get(key) ?? this.charge.before.rates.get(use.cycle.startMs)?.get(use.rate)?.units;
    const beforeUnits = known ?? 0n;
    const afterUnits = beforeUnits + (line.deltaUnits ?? line.quantityNanos);
    this.units.set(key, afterUnits);
    return { beforeUnits, afterUnits };
  }

  /** Draws of what had expired leave the balance: as much of the expiry is reversed. */
  private pay(changes: BalanceChange[], pool: string, runs: LineDraws['draws']): void {
    const beforeNanos = this.balances.get(pool) ?? 0n;
    const taken = runs.reduce((sum, run) => (run.from === 'expired' ? sum : sum + run.amountNanos), 0n);
    const afterNanos = beforeNanos - taken;
    this.balances.set(pool, afterNanos);
    const at = changes.findIndex((change) => change.pool === pool);
    const known = changes[at];
    if (known === undefined) changes.push({ pool, beforeNanos, afterNanos });
    else changes[at] = { ...known, afterNanos };
  }

  private explain(
    line: EvidenceLine,
    step: { meterLine: EvidenceMeterLine; draws: LineDraws['draws']; beforeUnits: bigint; afterUnits: bigint },
  ): LineExplanation {
    const { catalog, event } = this.charge;
    const { meterLine, beforeUnits, afterUnits } = step;
    const use = this.useOf(meterLine.use);
    const meter = catalog.meter(use.meter);
    const dimensions = new Map(event.dimensions[line.dimensions]);
    const rate = meter && catalog.rateOf(use.plan, line.usageTimeMs, meter, dimensions);
    const denominator = meter === undefined ? 1n : catalog.denominatorIn(meter, use.cycle);
    return {
      use,
      aggregation: meter?.aggregation ?? null,
      price: rate?.price.document ?? null,
      quantityNanos: meterLine.quantityNanos,
      creditsNanos: meterLine.creditsNanos,
      cutNanos: meterLine.cutNanos ?? 0n,
      inputs: inputsOf(meter, meterLine),
      denominator,
      beforeUnits,
      afterUnits,
      costBeforeNanos: rate === undefined ? null : costNanos(rate.price, beforeUnits, denominator),
      costAfterNanos: rate === undefined ? null : costNanos(rate.price, afterUnits, denominator),
      draws: step.draws.map(({ from, grant, amountNanos }) => ({ from, grant, amountNanos })),
      entry: this.entryOfUse.get(meterLine.use) ?? '',
    };
  }
}

function inputsOf(meter: Meter | undefined, line: EvidenceMeterLine): LineExplanation['inputs'] {
  const names = [...(meter?.fields ?? []), ...(meter?.factor === undefined ? [] : [`factor by ${meter.factor.by}`])];
  return (line.inputs ?? []).map((valueNanos, index) => ({ name: names[index] ?? `input ${index + 1}`, valueNanos }));
}
