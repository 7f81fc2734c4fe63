import type { PoolClient } from 'pg';
import { READ_MODEL_LIMITS } from '../limits.js';

/** One row of a comparison: how its key orders, how it is shown, and its content. */
export interface ComparedRow {
  readonly keys: readonly string[];
  readonly names: readonly string[];
  readonly fields: readonly ComparedField[];
}

export type ComparedField = string | null | ComparedContent;

/** Content that is dearer to show than to compare. */
export interface ComparedContent {
  isSame(other: ComparedField): boolean;
  toString(): string;
}

let cursors = 0;

/** Rows of a query through a server-side cursor: a bounded number in memory. Needs an open transaction. */
export async function* streamRows<Row extends object>(client: PoolClient, select: string): AsyncGenerator<Row> {
  const cursor = `compared_${cursors++}`;
  await client.query(`declare ${cursor} no scroll cursor for ${select}`);
  try {
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${READ_MODEL_LIMITS.verifyRowsPerRead} from ${cursor}`);
      yield* rows;
      if (rows.length < READ_MODEL_LIMITS.verifyRowsPerRead) return;
    }
  } finally {
    // A failed transaction has closed it already.
    await client.query(`close ${cursor}`).catch(() => undefined);
  }
}
