import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BackfillFailed } from './backfill-failed.js';

const GZIP_MAGIC = [0x1f, 0x8b];

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP_MAGIC.every((byte, index) => buffer[index] === byte);
  } finally {
    await file.close();
  }
}

/** The file's bytes, unzipped where its first bytes say gzip. @throws {BackfillFailed} `FileUnreadable` */
export async function openSource(path: string): Promise<Readable> {
  try {
    const isZipped = await isGzip(path);
    const file = createReadStream(path, { highWaterMark: 256 * 1024 });
    if (!isZipped) return file;
    const unzipped = createGunzip({ chunkSize: 256 * 1024 });
    file.on('error', (error) => unzipped.destroy(error));
    return file.pipe(unzipped);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** What a failed read means to whoever loads the file. */
export function unreadable(path: string, cause: unknown): BackfillFailed {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BackfillFailed('FileUnreadable', `${path}: ${reason}`, { cause });
}

export type SourceForm = 'csv' | 'ndjson';

/** The form of a file by its first character that is not white space. @throws {BackfillFailed} `UnknownFormat` */
export async function formOf(path: string): Promise<SourceForm> {
  const bytes = await openSource(path);
  try {
    for await (const chunk of bytes) {
      const text = (chunk as Buffer)
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .trimStart();
      if (text.startsWith('{')) return 'ndjson';
      if (text.startsWith('[')) {
        throw new BackfillFailed('UnknownFormat', `${path} is a JSON array; write one event per line (NDJSON) or CSV.`);
      }
      if (text !== '') return 'csv';
    }
  } catch (error) {
    throw error instanceof BackfillFailed ? error : unreadable(path, error);
  } finally {
    bytes.destroy();
  }
  throw new BackfillFailed('UnknownFormat', `${path} is empty.`);
}
