import { IdentityHasher, loadOrCreateSecret } from '@app/accounts';
import { NO_STREAM, type EventStore, type GlobalPosition } from '@app/event-store';
import type { OpenStreams } from '../open-streams.js';
import { Findings, type FoundSoFar } from './finding.js';
import type { Share } from './share.js';
import { SnapshotAudit, type SnapshotCounts } from './snapshot-audit.js';
import { StreamsAudit, type StreamsAuditCounts } from './streams-audit.js';

/** Which streams to audit, and how far. */
export interface ShareRequest {
  readonly share: Share;
  readonly until: GlobalPosition;
  /** Only these streams; absent: all. */
  readonly only?: readonly string[];
  readonly limits?: { readonly accountsMax: number; readonly identitiesMax: number };
}

/** What the audit of a share says: plain data, so that it passes from thread to thread. */
export interface ShareReport {
  readonly counts: StreamsAuditCounts;
  readonly snapshots: SnapshotCounts;
  readonly found: FoundSoFar;
}

/** Audits a share of the streams, and their snapshots. */
export async function auditShare(streams: OpenStreams, request: ShareRequest): Promise<ShareReport> {
  const { store } = streams;
  const findings = new Findings();
  const snapshotAudit = new SnapshotAudit(store, streams.snapshots);
  const audit = new StreamsAudit({
    ...request,
    store,
    hasher: await hasherOf(store),
    findings,
    // Positions are those of all streams: one share's audit looks at them.
    hasGaplessPositions: streams.hasDensePositions && request.share.value === 0,
    onStream: (stream) => snapshotAudit.check(stream),
  });
  const counts = await audit.run();
  return { counts, snapshots: snapshotAudit.counts, found: findings.soFar };
}

/** Undefined where no deployment was made, or its stream is broken, which the audit of that stream reports. */
export async function hasherOf(store: EventStore): Promise<IdentityHasher | undefined> {
  if ((await store.streamRevision('deployment')) === NO_STREAM) return undefined;
  try {
    return new IdentityHasher(await loadOrCreateSecret(store, Date.now()));
  } catch {
    return undefined;
  }
}
