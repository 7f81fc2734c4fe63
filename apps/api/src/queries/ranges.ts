import type { Catalog } from '@app/metering';
import { z } from 'zod';
import { invalidParameter } from '../edge/problem.js';
import { wholeHour } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';

/** A range of usage time on whole hours; `to` is exclusive. */
export const rangeQuery = { from: wholeHour, to: wholeHour };

/** Values to look for by name; the empty text finds usage without one. */
export const filterQuery = { filter: z.record(z.string(), z.string().max(255)).optional() };

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** @throws Problem InvalidParameter for an empty range, or one too long for hours */
export function checkRange({ from, to }: Range, window?: string): { readonly fromMs: number; readonly toMs: number } {
  if (from >= to) throw invalidParameter('to', 'to is not after from');
  if (window === 'hour' && to - from > LIMITS.hourWindowsMaxMs) {
    throw invalidParameter('window', 'hour windows span at most 92 days');
  }
  return { fromMs: from, toMs: to };
}

/** `meter` and the catalog's dimensions: what usage can be grouped and filtered by. @throws Problem InvalidParameter */
export function checkDimensions(catalog: Catalog | undefined, parameter: string, names: readonly string[]): void {
  for (const each of names) {
    if (each === 'meter' || catalog?.dimensions.includes(each) === true) continue;
    throw invalidParameter(parameter, `${parameter} names what is no dimension of the catalog`, 'UnknownDimension');
  }
  if (new Set(names).size < names.length) throw invalidParameter(parameter, `${parameter} names something twice`);
}
