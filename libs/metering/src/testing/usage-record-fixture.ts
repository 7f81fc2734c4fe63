import type { UsageRecord } from '../account/usage/usage-record.js';
import type { JsonObject } from '../json/index.js';
import { contentText } from './content-text.js';
import { parseTime } from '../time/index.js';

/** What a test says of a usage event; everything else has a default. */
export interface UsageFixture {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly data?: JsonObject;
  /** Log timestamp; default: the event's time. */
  readonly at?: string;
  readonly offset?: bigint;
  readonly mode?: 'live' | 'history';
  readonly isAdjusting?: boolean;
  readonly source?: string;
}

const NO_RAW = { key: null, payload: null, sizeBytes: 0, sha256: '' };

/** A parsed record of organisation `acme`. */
export function usageRecord(fixture: UsageFixture): UsageRecord {
  const timeMs = msOf(fixture.time);
  const data = fixture.data ?? {};
  const source = fixture.source ?? 'test';
  const event = { id: fixture.id, source, type: fixture.type, organisation: 'acme', timeMs, data };
  const identity = hash32(`${source}\n${fixture.id}`);
  const content = hash32(contentText(fixture.type, timeMs, data));
  return {
    offset: fixture.offset ?? 0n,
    recordTimestampMs: msOf(fixture.at ?? fixture.time),
    mode: fixture.mode ?? 'live',
    isAdjusting: fixture.isAdjusting ?? false,
    content: {
      kind: 'event',
      event,
      hash: { identityHigh: 0, identityLow: identity, contentHigh: 0, contentLow: content },
    },
    raw: NO_RAW,
  };
}

function msOf(time: string): number {
  const ms = parseTime(time);
  if (ms === undefined) throw new RangeError(`not a time: ${time}`);
  return ms;
}

/** FNV-1a: enough to tell a test's few events apart. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
