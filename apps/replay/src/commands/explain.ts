import {
  Accounts,
  explainEntry,
  explainEvent,
  IdentityHasher,
  SECRET_BYTES,
  viewEntry,
  viewEvent,
  type EntryExplanation,
  type EventExplanation,
} from '@app/accounts';
import { randomBytes } from 'node:crypto';
import type { OpenStreams } from '../open-streams.js';

export type ExplainRequest = { readonly organisation: string } & (
  { readonly source: string; readonly event: string; readonly timeMs?: number } | { readonly entry: string }
);

export type Explained =
  | { readonly kind: 'entry'; readonly explanation: EntryExplanation }
  | { readonly kind: 'event'; readonly explanation: EventExplanation };

/** The chain behind a usage event or a ledger entry, from the stream alone; undefined where there is no trace of it. */
export async function explain(
  { store, snapshots }: OpenStreams,
  request: ExplainRequest,
): Promise<Explained | undefined> {
  // Nothing is deduplicated here, so that the deployment's secret is not needed.
  const hasher = new IdentityHasher(randomBytes(SECRET_BYTES));
  const accounts = new Accounts({ store, snapshots, hasher, onWarning: () => undefined });
  const { organisation } = request;
  if ('entry' in request) {
    const explanation = await explainEntry({ store, accounts }, organisation, { entry: request.entry });
    return explanation && { kind: 'entry', explanation };
  }
  const { source, event: id, timeMs } = request;
  const query = { source, id, isExhaustive: true, ...(timeMs === undefined ? {} : { timeMs }) };
  const explanation = await explainEvent({ store, accounts }, organisation, query);
  return explanation && { kind: 'event', explanation };
}

/** For machines: the shapes of the HTTP contract. */
export const explainedView = (explained: Explained): unknown =>
  explained.kind === 'entry' ? viewEntry(explained.explanation) : viewEvent(explained.explanation);
