import type { Pool } from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** One column as Postgres sends it in binary. */
export type BinaryColumn = Buffer | null;

/** Signature and flags (PostgreSQL, "COPY", Binary Format), then the length of an extension that nothing uses. */
const HEADER_BYTES = 11 + 4;
const END_OF_ROWS = -1;
const NULL_LENGTH = -1;

/**
 * The rows of a statement without parameters, in binary: the ordinary protocol of `pg` sends bytes as hexadecimal
 * text, which costs both sides several times as much.
 */
export async function copyRows(pool: Pool, statement: string): Promise<readonly (readonly BinaryColumn[])[]> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    const chunks: Buffer[] = [];
    const rows = client.query(copyTo(`copy (${statement}) to stdout (format binary)`));
    // Whoever reads gets an error below; one that comes after it, as the connection is closed, must not end the process.
    rows.on('error', () => undefined);
    for await (const chunk of rows) chunks.push(chunk as Buffer);
    endTimeout(rows);
    return rowsOf(Buffer.concat(chunks));
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    client.release(failure !== undefined);
  }
}

/** `pg` ends a query's time-out by a callback, which it sets on streams too, and which they never call. */
function endTimeout(query: object): void {
  if ('callback' in query && typeof query.callback === 'function') query.callback();
}

function rowsOf(bytes: Buffer): readonly (readonly BinaryColumn[])[] {
  const rows: BinaryColumn[][] = [];
  let at = HEADER_BYTES + 4 + bytes.readInt32BE(HEADER_BYTES);
  for (;;) {
    const count = bytes.readInt16BE(at);
    at += 2;
    if (count === END_OF_ROWS) return rows;
    const columns: BinaryColumn[] = [];
    for (let index = 0; index < count; index++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      columns.push(length === NULL_LENGTH ? null : bytes.subarray(at, at + length));
      at += Math.max(0, length);
    }
    rows.push(columns);
  }
}
