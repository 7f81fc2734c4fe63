import { migrateLeases } from '@app/postgres';
import type { Pool } from 'pg';
import { createReadModelPool } from './generations/create-read-model-pool.js';
import { Generations } from './generations/generations.js';

export interface ReadModelsOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  readonly poolMax?: number;
  /** Of one statement; two minutes without it, which is what comparing and rebuilding may need. */
  readonly statementTimeoutMs?: number;
}

/** The read models' database: schemas brought up to date, and a pool. */
export class ReadModels {
  private constructor(
    readonly pool: Pool,
    readonly generations: Generations,
  ) {}

  /** @throws {SchemaTooNew} when a newer version of the program has migrated the database */
  static async connect({ url, name, poolMax, statementTimeoutMs }: ReadModelsOptions): Promise<ReadModels> {
    await migrateLeases(url);
    const pool = createReadModelPool(url, {
      name,
      ...(poolMax === undefined ? {} : { max: poolMax }),
      ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
    });
    try {
      const generations = new Generations(url, pool);
      await generations.prepare();
      return new ReadModels(pool, generations);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
