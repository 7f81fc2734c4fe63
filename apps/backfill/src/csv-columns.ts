import { BackfillFailed } from './backfill-failed.js';
import { LIMITS } from './limits.js';

/** Where a row's fields are. */
export interface CsvColumns {
  readonly id: number;
  readonly time: number;
  readonly org: number;
  readonly data: readonly CsvDataColumn[];
}

export interface CsvDataColumn {
  readonly name: string;
  readonly index: number;
  /** Its text has to be a quantity, and is sent as it is written. */
  readonly isQuantity: boolean;
}

/** Columns from the header. @throws {BackfillFailed} `InvalidHeader` */
export function columnsOf(header: readonly string[], quantities: ReadonlySet<string>): CsvColumns {
  const names = header.map((name) => name.trim());
  const fault = faultOf(names);
  if (fault !== undefined) throw new BackfillFailed('InvalidHeader', `line 1: ${fault}`);
  const [id, time, org] = ['id', 'time', 'org'].map((name) => names.indexOf(name)) as [number, number, number];
  const data = names
    .map((name, index) => ({ name, index, isQuantity: quantities.has(name) }))
    .filter(({ index }) => index !== id && index !== time && index !== org);
  return { id, time, org, data };
}

function faultOf(names: readonly string[]): string | undefined {
  const missing = ['id', 'time', 'org'].filter((name) => !names.includes(name));
  if (missing.length > 0) return `the header has no column ${missing.join(', ')}`;
  if (names.length > LIMITS.columnsMax) return `more than ${LIMITS.columnsMax} columns`;
  const empty = names.indexOf('');
  if (empty >= 0) return `column ${empty + 1} has no name`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `column ${twice} is there twice`;
}
