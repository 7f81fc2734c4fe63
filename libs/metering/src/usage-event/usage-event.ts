import type { JsonObject } from '../json/json-value.js';
import type { QuarantineReason } from './quarantine-reason.js';

/** One CloudEvent 1.0 that meters usage. Its identity is the tuple (organisation, source, id). */
export interface UsageEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly organisation: string;
  /** Unix milliseconds, UTC. */
  readonly timeMs: number;
  readonly data: JsonObject;
}

/** A faulty field: where (RFC 6901), a stable code, and words for people. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** One faulty field of an event, and what a record with it is quarantined for. */
export interface EventFieldError extends FieldError {
  readonly code: 'Required' | QuarantineReason;
  readonly reason: QuarantineReason;
}

/** Why an event is refused, and who it belongs to as far as that can be read (so that its account records it). */
export interface EventRefusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly organisation?: string;
  readonly source?: string;
  readonly id?: string;
}

export type EventParseResult = { readonly event: UsageEvent } | EventRefusal;
export type EventCheckResult = { readonly event: UsageEvent } | { readonly errors: readonly EventFieldError[] };
