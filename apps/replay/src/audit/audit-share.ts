import { IdentityHasher, SECRET_BYTES } from '@app/accounts';
import type { GlobalPosition } from '@app/event-store';
import { randomBytes } from 'node:crypto';
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
    // A key of its own: nobody can have prepared identities that look alike under it.
    hasher: new IdentityHasher(randomBytes(SECRET_BYTES)),
    findings,
    // Positions are those of all streams: one share's audit looks at them.
    hasGaplessPositions: streams.hasDensePositions && request.share.value === 0,
    onStream: (stream) => snapshotAudit.check(stream),
  });
  const counts = await audit.run();
  return { counts, snapshots: snapshotAudit.counts, found: findings.soFar };
}
