import type { UsageCharged } from '../account-events.js';
import type { RefundableDraw, RefundableUsage } from '../commands/account-commands.js';
import { useOf } from '../evolve/evolve-usage.js';
import { ImpossibleEvent } from '../evolve/pool.js';
import { usesOfEntry } from './ledger.js';

/** What the uses behind an entry of usage drew. */
export function refundableEntryOf(event: UsageCharged, revision: bigint, index: number): RefundableUsage {
  const uses = new Set(usesOfEntry(event, index));
  const draws = event.draws.flatMap((run, at) =>
    uses.has(run.use) ? [refundableRun(event, { revision, index: at, amountNanos: run.amountNanos })] : [],
  );
  return { limits: [], draws: draws.filter((draw) => draw.amountNanos > 0n) };
}

/** What one evidence line drew. Runs of a rate use lie in the order of the lines that made them. */
export function refundableLine(event: UsageCharged, revision: bigint, lineIndex: number): RefundableUsage {
  const left = event.draws.map((run) => run.amountNanos);
  const draws: RefundableDraw[] = [];
  let totalNanos = 0n;
  event.evidence.slice(0, lineIndex + 1).forEach((line, at) => {
    for (const { use, creditsNanos } of line.lines) {
      const taken = takeRuns(event, left, { use, creditsNanos });
      if (at !== lineIndex) continue;
      totalNanos += creditsNanos;
      draws.push(...taken.map((part) => refundableRun(event, { revision, ...part })));
    }
  });
  const limits = [{ key: `event:${revision}/${lineIndex}`, totalNanos }];
  return { limits, draws: draws.filter((draw) => draw.amountNanos > 0n) };
}

interface RunPart {
  readonly index: number;
  readonly amountNanos: bigint;
}

function takeRuns(event: UsageCharged, left: bigint[], line: { use: number; creditsNanos: bigint }): RunPart[] {
  const parts: RunPart[] = [];
  let missing = line.creditsNanos;
  for (let index = 0; index < left.length && missing !== 0n; index++) {
    const rest = left[index] ?? 0n;
    if (rest === 0n || event.draws[index]?.use !== line.use) continue;
    const amountNanos = magnitude(rest) < magnitude(missing) ? rest : missing;
    parts.push({ index, amountNanos });
    left[index] = rest - amountNanos;
    missing -= amountNanos;
  }
  return parts;
}

function refundableRun(event: UsageCharged, part: RunPart & { readonly revision: bigint }): RefundableDraw {
  const run = event.draws[part.index];
  if (run === undefined) throw new ImpossibleEvent(`the charge at revision ${part.revision} has no run ${part.index}`);
  const use = useOf(event, run.use);
  return {
    key: `draw:${part.revision}/${part.index}`,
    totalNanos: run.amountNanos,
    amountNanos: part.amountNanos,
    pool: use.pool,
    grant: run.grant,
    cycleStartMs: use.cycle.startMs,
    rate: use.rate,
    isReversible: use.isReversible,
  };
}

const magnitude = (nanos: bigint): bigint => (nanos < 0n ? -nanos : nanos);
