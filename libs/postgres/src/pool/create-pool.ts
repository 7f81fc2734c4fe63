import pg from 'pg';
import type { CustomTypesConfig, Pool } from 'pg';
import { POSTGRES_LIMITS } from '../limits.js';
import { patienceOf } from './patience.js';

export interface PoolOptions {
  /** Connections at most. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /**
   * A statement that runs longer is cancelled by the server (SQLSTATE 57014, which is transient); `statement_timeout`
   * in the URL goes before it.
   */
  readonly statementTimeoutMs?: number;
}

const INT8 = pg.types.builtins.INT8;

/** Per pool, since a global parser would change what every other user of `pg` in the process reads. */
const types: CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === INT8 && format !== 'binary') return BigInt;
    return pg.types.getTypeParser(oid, format) as (value: string | Buffer) => unknown;
  },
};

/**
 * A pool that reads `int8` as `bigint` and outlives its connections: one that dies or goes silent, idle or in use, fails
 * the query that needs it, leaves the pool, and never ends the process.
 */
export function createPool(url: string, options: PoolOptions): Pool {
  const patience = patienceOf(url, options.statementTimeoutMs);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? POSTGRES_LIMITS.poolConnectionsMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: POSTGRES_LIMITS.connectTimeoutMs,
    // Well below what silence is borne: when one has turned out to be silent, those that were idle beside it have left.
    idleTimeoutMillis: Math.min(POSTGRES_LIMITS.idleConnectionMs, patience.query_timeout / 2),
    types,
    ...patience,
  });
  // Without listeners an 'error' event ends the process. Whoever uses the connection sees the error in its own query.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
