import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { POSTGRES_LIMITS } from '../limits.js';
import { patienceOf } from './patience.js';

export interface MigrateOptions {
  /** Holds plain `.sql` files (`0001_events.sql`), run in the order of their names, unqualified names in `schema`. */
  readonly directory: string | URL;
  readonly schema: string;
}

/** The database was migrated by a newer version of this program, which may have changed what this one relies on. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
  readonly code = 'SchemaTooNew';
}

const MIGRATIONS_TABLE = 'migrations';
/** One lock for all schemas of a database: `create schema` races otherwise. Session-level, so it ends with the client. */
const MIGRATION_LOCK_ID = '4863176592017';

async function refuseNewer(client: pg.Client, schema: string, known: ReadonlySet<string>): Promise<void> {
  const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(MIGRATIONS_TABLE)}`;
  const exists = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [table]);
  if (exists.rows[0]?.exists !== true) return;
  const { rows } = await client.query<{ name: string }>(`select name from ${table} order by name`);
  const unknown = rows.map((row) => row.name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new SchemaTooNew(
    `schema ${schema} holds migrations that this version does not know (${unknown.join(', ')}): ` +
      'it was written by a newer version; start that one, or restore a backup made before the upgrade',
  );
}

/**
 * Brings one schema up to date, in one transaction. Safe when several processes start at once: they take turns.
 * @throws {SchemaTooNew} when the schema holds migrations that the directory does not
 */
export async function migrate(url: string, options: MigrateOptions): Promise<void> {
  const directory = options.directory instanceof URL ? fileURLToPath(options.directory) : options.directory;
  const names = (await readdir(directory)).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -4));
  const complaints: string[] = [];
  const complain = (message: string): void => void complaints.push(message);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'migrate',
    connectionTimeoutMillis: POSTGRES_LIMITS.connectTimeoutMs,
    ...patienceOf(url, POSTGRES_LIMITS.migrationStatementMs),
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('set client_min_messages to warning');
    await client.query(`select pg_advisory_lock(${MIGRATION_LOCK_ID})`);
    await refuseNewer(client, options.schema, new Set(names));
    await runner({
      dbClient: client,
      dir: directory,
      ignorePattern: String.raw`(?!.*\.sql).*`,
      schema: options.schema,
      createSchema: true,
      migrationsTable: MIGRATIONS_TABLE,
      direction: 'up',
      singleTransaction: true,
      noLock: true,
      logger: { info: () => undefined, warn: complain, error: complain },
    });
  } catch (error) {
    if (complaints.length > 0 && error instanceof Error) error.message += `\n${complaints.join('\n')}`;
    throw error;
  } finally {
    await client.end();
  }
}
