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
    amountOf(value, unit),
    baseline,
    amountOf(baselineValue, unit),
    Number.isFinite(ratio) ? `${ratio.toPrecision(3)} x` : 'n/a',
    sideOf(isBetter, ratio),
  ];
}

const sideOf = (isBetter: boolean, ratio: number): string => {
  if (!Number.isFinite(ratio)) return '';
  return isBetter ? 'ahead' : 'behind';
};

const amountOf = (value: number, unit: string): string =>
  Number.isFinite(value) ? `${numberOf(value)} ${unit}` : 'n/a';

function numberOf(value: number): string {
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}
