import * as z from 'zod';
import { CorruptEvent } from './codec-errors.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON in UTF-8 of a value, through its schema. @throws {z.ZodError} for a value that the schema refuses */
export function encodeJson<T>(schema: z.ZodType<T>, value: T): Uint8Array {
  return Buffer.from(JSON.stringify(z.encode(schema, value)), 'utf8');
}

/** @throws {CorruptEvent} for bytes that are no JSON, or JSON that the schema refuses */
export function decodeJson<T>(eventType: string, schema: z.ZodType<T>, bytes: Uint8Array): T {
  const result = schema.safeParse(parseJson(eventType, bytes));
  if (!result.success) throw new CorruptEvent(eventType, z.prettifyError(result.error).replaceAll('\n', ' '));
  return result.data;
}

/** @throws {CorruptEvent} */
export function parseJson(eventType: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    throw new CorruptEvent(eventType, cause instanceof Error ? cause.message : 'it is no JSON');
  }
}
