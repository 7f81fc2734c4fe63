import { createPool } from '@app/postgres';
import type { Pool } from 'pg';
import { READ_MODEL_LIMITS } from '../limits.js';

/** Connections for projecting or querying read models. */
export const createReadModelPool = (
  url: string,
  options: { readonly name: string; readonly max?: number; readonly statementTimeoutMs?: number },
): Pool =>
  createPool(url, {
    applicationName: options.name,
    statementTimeoutMs: options.statementTimeoutMs ?? READ_MODEL_LIMITS.statementTimeoutMs,
    ...(options.max === undefined ? {} : { max: options.max }),
  });
