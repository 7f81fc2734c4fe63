import { readFileSync } from 'node:fs';
import { createPool, migrate } from '@app/postgres';
import { assertSnapshotSize, type SnapshotStore, type StreamSnapshot } from '../snapshot-store.js';

const SCHEMA = 'creditfold_snapshots';
const POOL_MAX = 2;
const STATEMENT_TIMEOUT_MS = 30_000;

const statement = (name: string): { readonly name: string; readonly text: string } => ({
  name: `snapshot-store:${name}`,
  text: readFileSync(new URL(`./snapshot-sql/${name}.sql`, import.meta.url), 'utf8'),
});
const LOAD = statement('load');
const SAVE = statement('save');
const REMOVE = statement('remove');

export interface PostgresSnapshotStoreOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolMax?: number;
}

/** Snapshots in a Postgres table (schema `creditfold_snapshots`), beside any event store. */
export class PostgresSnapshotStore implements SnapshotStore {
  private readonly pool: ReturnType<typeof createPool>;

  private constructor({ url, poolMax }: PostgresSnapshotStoreOptions) {
    this.pool = createPool(url, {
      max: poolMax ?? POOL_MAX,
      applicationName: 'snapshot-store',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
  }

  /** Brings the schema up to date and opens the store. @throws {SchemaTooNew} (see `migrate`) */
  static async connect(options: PostgresSnapshotStoreOptions): Promise<PostgresSnapshotStore> {
    await migrate(options.url, { directory: new URL('./snapshot-migrations/', import.meta.url), schema: SCHEMA });
    return new PostgresSnapshotStore(options);
  }

  async load(stream: string): Promise<StreamSnapshot | undefined> {
    const { rows } = await this.pool.query<{ revision: bigint; data: Buffer }>({ ...LOAD, values: [stream] });
    const [row] = rows;
    return row && { stream, revision: row.revision, data: row.data };
  }

  async save(snapshot: StreamSnapshot): Promise<void> {
    assertSnapshotSize(snapshot);
    await this.pool.query({ ...SAVE, values: [snapshot.stream, snapshot.revision, snapshot.data] });
  }

  async remove(stream: string): Promise<void> {
    await this.pool.query({ ...REMOVE, values: [stream] });
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
