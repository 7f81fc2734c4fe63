import type { PoolClient } from 'pg';
import { READ_MODEL_LIMITS } from '../limits.js';
import { BoundedCache } from '../lanes/bounded-cache.js';
import { Statement } from '../sql-text.js';
import { fromStored, toStored } from '../stored-text.js';

const INSERT = new Statement('insert-texts');
const FIND = new Statement('find-texts');

/** Numbers of texts in one generation's `texts`. What a transaction made counts when it is committed. */
export class TextIds {
  readonly #known = new BoundedCache<string, number>(READ_MODEL_LIMITS.textsCachedMax);

  /** The ids of all these texts; the new ones are inserted in the caller's transaction. */
  async resolve(client: PoolClient, schema: string, texts: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const ids = new Map<string, number>();
    const missing: string[] = [];
    for (const text of texts) {
      const id = this.#known.get(text);
      if (id === undefined) missing.push(toStored(text));
      else ids.set(text, id);
    }
    if (missing.length === 0) return ids;
    await client.query(INSERT.in(schema), [missing]);
    const { rows } = await client.query<{ id: number; content: string }>(FIND.in(schema), [missing]);
    for (const { id, content } of rows) ids.set(fromStored(content), id);
    return ids;
  }

  /** Remembers ids whose transaction was committed. */
  keep(ids: ReadonlyMap<string, number>): void {
    for (const [text, id] of ids) if (!this.#known.has(text)) this.#known.set(text, id);
    this.#known.trim();
  }

  forget(): void {
    this.#known.clear();
  }
}
