import type { CpuTime } from './system/cpu-time.js';

/** One line of the result: what was measured, and what the same machine does without us in the same run. */
export interface Figure {
  readonly stage: string;
  readonly figure: string;
  /** NaN where this system does not say it. */
  readonly value: number;
  readonly unit: string;
  readonly baseline: string;
  /** In the figure's unit. */
  readonly baselineValue: number;
  /** `value / baselineValue`. */
  readonly ratio: number;
  /** Which side of 1 is ours. */
  readonly better: 'higher' | 'lower';
}

export const figureOf = (figure: Omit<Figure, 'ratio'>): Figure => ({
  ...figure,
  ratio: figure.value / figure.baselineValue,
});

/** Processor time an event, in Node and in Postgres, each beside that of the baseline. */
export const cpuFigures = (
  told: Pick<Figure, 'stage' | 'figure' | 'baseline'>,
  value: CpuTime,
  baseline: CpuTime,
): readonly Figure[] =>
  (['node', 'postgres'] as const).map((where) =>
    figureOf({
      ...told,
      figure: `${told.figure}, CPU of ${where === 'node' ? 'Node' : 'Postgres'} an event`,
      value: value[where],
      unit: 'µs',
      baselineValue: baseline[where],
      better: 'lower',
    }),
  );

/** A total that is not what it has to be: nothing that was measured counts. */
export class WrongTotal extends Error {
  override readonly name = 'WrongTotal';
  readonly code = 'WrongTotal';
}

/** Events (or whatever is counted) a second. */
export const perSecond = (count: number, ms: number): number => (count * 1_000) / Math.max(ms, 0.001);

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** The value below which `share` of all lie (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
