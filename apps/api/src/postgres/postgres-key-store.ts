import { migrate, withTransaction } from '@app/postgres';
import type { Pool } from 'pg';
import type { ApiKey, FoundKey, KeyStore } from '../keys/key-store.js';
import type { Scope } from '../keys/principal.js';
import * as sql from './sql.js';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly organisation: string | null;
  readonly scopes: Scope[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
}

interface FoundRow {
  readonly id: string;
  readonly organisation: string | null;
  readonly scopes: Scope[];
  readonly valid_until: Date | null;
}

/** Brings the schema `creditfold_api` up to date. */
export const migrateApi = (url: string): Promise<void> =>
  migrate(url, { directory: new URL('migrations/', import.meta.url), schema: 'creditfold_api' });

/** Keys in Postgres. */
export class PostgresKeyStore implements KeyStore {
  constructor(private readonly pool: Pool) {}

  async insert(key: Omit<ApiKey, 'lastUsedAtMs'>, secretHash: Buffer): Promise<void> {
    const expiresAt = key.expiresAtMs === null ? null : new Date(key.expiresAtMs);
    const values = [key.id, key.name, key.organisation, key.scopes, new Date(key.createdAtMs), expiresAt, secretHash];
    await this.pool.query(sql.INSERT_KEY, values);
  }

  async find(secretHash: Buffer): Promise<FoundKey | null> {
    const { rows } = await this.pool.query<FoundRow>(sql.FIND_KEY, [secretHash]);
    const row = rows[0];
    if (!row) return null;
    const principal = { keyId: row.id, organisation: row.organisation, scopes: row.scopes };
    return { principal, validUntilMs: row.valid_until?.getTime() ?? null };
  }

  async list(options: { readonly limit: number; readonly afterId: string | null }): Promise<readonly ApiKey[]> {
    const { rows } = await this.pool.query<KeyRow>(sql.LIST_KEYS, [options.limit, options.afterId]);
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      organisation: row.organisation,
      scopes: row.scopes,
      createdAtMs: row.created_at.getTime(),
      expiresAtMs: row.expires_at?.getTime() ?? null,
      lastUsedAtMs: row.last_used_at?.getTime() ?? null,
    }));
  }

  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(sql.REMOVE_KEY, [id]);
    return rowCount === 1;
  }

  async rotate(
    id: string,
    rotation: { readonly secretHash: Buffer; readonly nowMs: number; readonly oldUntilMs: number },
  ): Promise<boolean> {
    return withTransaction(this.pool, async (client) => {
      await client.query(sql.REMOVE_ENDED_SECRETS, [id, new Date(rotation.nowMs)]);
      await client.query(sql.END_OLD_SECRETS, [id, new Date(rotation.oldUntilMs)]);
      const { rowCount } = await client.query(sql.ADD_SECRET, [id, rotation.secretHash]);
      return rowCount === 1;
    });
  }

  async touch(id: string, atMs: number): Promise<void> {
    await this.pool.query(sql.TOUCH_KEY, [id, new Date(atMs)]);
  }
}
