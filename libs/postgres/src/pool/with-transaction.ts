import type { Pool, PoolClient } from 'pg';
import { isConnectionLost, UnknownOutcome } from './transient.js';

async function commit(client: PoolClient): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query('commit'));
  } catch (error) {
    if (isConnectionLost(error)) throw new UnknownOutcome('the connection was lost during commit', { cause: error });
    throw error;
  }
  // Postgres answers a commit of a failed transaction with a rollback and no error.
  if (command !== 'COMMIT') throw new Error('a statement of the transaction had failed: it was rolled back');
}

/**
 * Runs `fn` in one transaction: committed when it resolves, rolled back when it throws.
 * @throws {UnknownOutcome} when the connection is lost while the commit is under way
 */
export async function withTransaction<T>(pool: Pool, fn: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await fn(client);
    await commit(client);
    return result;
  } catch (error) {
    broken = await rollBack(client, error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * The error that makes the connection unfit for the pool, if any: what cannot roll back must not be used again. One that
 * is lost or silent is not even asked to.
 */
export async function rollBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  if (error instanceof UnknownOutcome) return error;
  if (error instanceof Error && isConnectionLost(error)) return error;
  try {
    await client.query('rollback');
    return undefined;
  } catch (rollbackError) {
    return rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
  }
}
