import { createHash, hash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 24;
const CHECKSUM_HEX = 8;
const SHAPE = /^cf_([0-9a-f]{48})([0-9a-f]{8})$/;

/** A new key: `cf_`, 192 random bits in hex, and a checksum, by which scanners and typing errors are told from keys. */
export function newKeySecret(): string {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  return `cf_${secret}${checksum(secret)}`;
}

/** False for what was never issued by us: such a key is not even looked up. */
export function isWellFormedKey(key: string): boolean {
  const match = SHAPE.exec(key);
  return match !== null && checksum(match[1] ?? '') === match[2];
}

/** How keys are stored. A fast hash is right here: a key is random, not chosen. */
export const hashKey = (key: string): Buffer => hash('sha256', key, 'buffer');

/** The same in base64, to look it up in memory: a request needs no buffer for it. */
export const keyDigest = (key: string): string => hash('sha256', key, 'base64');

const checksum = (secret: string): string =>
  createHash('sha256').update(`cf_${secret}`, 'utf8').digest('hex').slice(0, CHECKSUM_HEX);
