import type { Figure } from './figure.js';

const HEADINGS = ['stage', 'figure', 'value', 'baseline', 'value', 'ratio', ''] as const;

/** A table for people: every figure beside its baseline of the same run. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function cellsOf({ stage, figure, value, unit, baseline, baselineValue, ratio, better }: Figure): readonly string[] {
  const isBetter = better === 'higher' ? ratio >= 1 : ratio <= 1;
  return [
    stage,
    figure,
    `${numberOf(value)} ${unit}`,
    baseline,
    `${numberOf(baselineValue)} ${unit}`,
    `${ratio.toPrecision(3)} x`,
    isBetter ? 'ahead' : 'behind',
  ];
}

function numberOf(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 1;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}
