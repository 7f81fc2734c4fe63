import pg from 'pg';
import type { Pool } from 'pg';

/** A row as the server writes it: a text for each column, in the statement's order. */
type TextRow = readonly (string | null)[];

interface NamedStatement {
  /** Prepared under this name, once a connection. */
  readonly name: string;
  readonly text: string;
}

/** A query of `pg` that leaves its rows as they come. */
class TextQuery<Row extends TextRow> extends pg.Query {
  readonly name: string;
  readonly answer: Row[] = [];

  constructor({ name, text }: NamedStatement, values: unknown[]) {
    super(text, values);
    this.name = name;
  }

  /** Whoever asks knows the columns. */
  handleRowDescription(): void {
    return;
  }

  handleDataRow({ fields }: { readonly fields: Row }): void {
    this.answer.push(fields);
  }
}

/**
 * As `pool.query`, for statements that answer few rows each but are asked thousands of times a second: a third of their
 * price in this process is the description of columns that are the same each time.
 */
export async function readTexts<Row extends TextRow>(
  pool: Pool,
  statement: NamedStatement,
  values: unknown[],
): Promise<readonly Row[]> {
  const query = new TextQuery<Row>(statement, values);
  // The types say that the query comes back; a promise of its end does.
  await Promise.resolve(pool.query(query));
  return query.answer;
}
