import { cloneForDecision, decideUsage, type Catalog, type UsageCounts, type UsageRecord } from '@app/metering';
import { EventStoreUnavailable } from '@app/event-store';
import type { IdentityHasher } from '../identities/identity-hasher.js';
import type { Accounts } from '../repository/accounts.js';

/** A usage event of the small catalog, as it lies in the feed. */
export interface SmallUsage {
  readonly offset: bigint;
  readonly id: string;
  readonly timeMs: number;
  /** Default: the event's time. */
  readonly recordTimestampMs?: number;
  readonly project?: string;
}

export interface UsageDecider {
  readonly accounts: Accounts;
  readonly catalog: Catalog;
  readonly organisation: string;
  readonly nowMs: number;
}

const FEED = { topic: 'usage.v1', generation: 0, partition: 0 };
const RAW = { key: null, payload: null, sizeBytes: 0, sha256: '' };

/** The record of a usage event, hashed as the aggregator does. */
export function recordOf(hasher: IdentityHasher, organisation: string, usage: SmallUsage): UsageRecord {
  const { id, timeMs, offset } = usage;
  const data = usage.project === undefined ? {} : { project: usage.project };
  const event = { id, source: 'test', type: 'call.made', organisation, timeMs, data };
  const hash = hasher.hash(organisation, event);
  const recordTimestampMs = usage.recordTimestampMs ?? timeMs;
  return {
    offset,
    recordTimestampMs,
    mode: 'live',
    isAdjusting: false,
    content: { kind: 'event', event, hash },
    raw: RAW,
  };
}

/**
 * Decides a batch of one partition for one account as `exactly-once.md` says: skip what is folded, load days, decide,
 * append; after a conflict or an unknown outcome load and decide again.
 */
export async function foldUsage(decider: UsageDecider, usage: readonly SmallUsage[]): Promise<UsageCounts> {
  const { accounts, catalog, organisation, nowMs } = decider;
  const total: UsageCounts = { charged: 0, late: 0, adjusted: 0, duplicates: 0, quarantined: 0 };
  let rest = usage.map((each) => recordOf(accounts.hasher, organisation, each));
  for (let attempt = 0; rest.length > 0 && attempt < 100; attempt += 1) {
    const account = await accounts.load(organisation);
    const folded = account.state.offsets.get('usage.v1/0/0') ?? -1n;
    rest = rest.filter(({ offset }) => offset > folded);
    const events = rest.flatMap(({ content }) => (content.kind === 'event' ? [content.event] : []));
    const ledgerTimesMs = [account.state.wallet.ledgerTimeMs, ...rest.map((record) => record.recordTimestampMs)];
    await accounts.loadIdentities(account, { timesMs: events.map(({ timeMs }) => timeMs), ledgerTimesMs });
    const draft = cloneForDecision(account.state);
    const known = account.identities;
    const nextRevision = account.revision + 1n;
    const decision = decideUsage(draft, rest, { catalog, feed: FEED, known, nowMs, nextRevision });
    if (decision.events.length > 0 && !(await isAppended(accounts, { account, draft, events: decision.events })))
      continue;
    for (const key of Object.keys(total) as (keyof UsageCounts)[]) total[key] += decision.counts[key];
    rest = rest.slice(decision.decided);
  }
  return total;
}

async function isAppended(accounts: Accounts, decision: Parameters<Accounts['seal']>[0]): Promise<boolean> {
  try {
    const [outcome] = await accounts.append([accounts.seal(decision)]);
    return outcome?.kind === 'appended';
  } catch (error) {
    if (error instanceof EventStoreUnavailable) return false;
    throw error;
  }
}
