import { randomUUID } from 'node:crypto';
import type { NewEvent, StreamAppend } from '../../event-store.js';

export const event = (bytes: Uint8Array | string = 'x', type = 'Noted'): NewEvent => ({
  id: randomUUID(),
  type,
  data: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
});
export const events = (count: number): NewEvent[] => Array.from({ length: count }, (_, nth) => event(`event ${nth}`));
export const named = (prefix = 'stream'): string => `${prefix}-${randomUUID()}`;
export const appendOf = (stream: string, expectedRevision: bigint, given: readonly NewEvent[]): StreamAppend => ({
  stream,
  expectedRevision,
  events: given,
});
export const plain = ({ id, type, data }: NewEvent): object => ({ id, type, data: [...data] });
