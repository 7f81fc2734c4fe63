import { ACCOUNT_STREAM_PREFIX, accountEvents } from '@app/accounts';
import type { StoredEvent } from '@app/event-store';
import type { ExecutorRight } from './payment-journal.js';
import { METHOD_RECORD } from './payment-records.js';

/** Of all others the type says enough. */
export const DECODED_TYPES: readonly string[] = ['AccountRecordPut'];

/**
 * Organisations that these events may make pay: a recharge was requested, a cycle of somebody with a payment method
 * was closed, or a method was stored. By the events' types; only records are decoded.
 */
export async function sightingsOf(events: readonly StoredEvent[], right: ExecutorRight): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const withMethod = new Set<string>();
  const closed = new Set<string>();
  for (const stored of events) {
    const organisation = stored.stream.slice(ACCOUNT_STREAM_PREFIX.length);
    if (stored.type === 'RechargeRequested') seen.add(organisation);
    else if (stored.type === 'CycleClosed') closed.add(organisation);
    else if (DECODED_TYPES.includes(stored.type) && isMethod(stored)) withMethod.add(organisation);
  }
  // Before the position moves past them: afterwards nobody would know.
  if (withMethod.size > 0) await right.addPaying([...withMethod]);
  if (closed.size > 0) for (const organisation of await right.payingAmong([...closed])) seen.add(organisation);
  for (const organisation of withMethod) seen.add(organisation);
  return seen;
}

function isMethod(stored: StoredEvent): boolean {
  const { event } = accountEvents.decode(stored);
  return event.type === 'AccountRecordPut' && event.record === METHOD_RECORD;
}
