import { accountStream, IdentityHasher, loadOrCreateSecret } from '@app/accounts';
import { NO_STREAM, type EventStore } from '@app/event-store';
import { CHECKS, Findings, type Check, type Finding } from '../audit/finding.js';
import { compareReadModels, type ReadModelComparison } from '../audit/read-model-audit.js';
import { SnapshotAudit, type SnapshotCounts } from '../audit/snapshot-audit.js';
import { StreamsAudit, type StreamsAuditCounts } from '../audit/streams-audit.js';
import type { OpenStreams } from '../open-streams.js';

export interface VerifyRequest {
  /** Only this organisation's account, and its rows. */
  readonly organisation?: string;
  readonly limits?: { readonly accountsMax: number; readonly identitiesMax: number };
}

/** What was proven, and what differs. */
export interface VerifyReport {
  readonly isProven: boolean;
  readonly organisation: string | null;
  readonly checks: readonly { readonly check: Check; readonly findings: number }[];
  readonly counts: StreamsAuditCounts;
  readonly snapshots: SnapshotCounts;
  readonly readModels: readonly ReadModelComparison[];
  /** The first ones; `findingsTotal` counts all. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
  readonly streamsMs: number;
  readonly readModelsMs: number;
}

/** Proves every stream, every number that follows from it, every snapshot and every read model, or says what differs. */
export async function verify(streams: OpenStreams, request: VerifyRequest): Promise<VerifyReport> {
  const { store } = streams;
  const findings = new Findings();
  const snapshotAudit = new SnapshotAudit(store, streams.snapshots);
  const startedMs = Date.now();
  const { organisation, limits } = request;
  const audit = new StreamsAudit({
    store,
    hasher: await hasherOf(store),
    findings,
    hasGaplessPositions: streams.hasDensePositions,
    onStream: (stream) => snapshotAudit.check(stream),
    ...(organisation === undefined ? {} : { only: ['catalog', 'deployment', accountStream(organisation)] }),
    ...(limits === undefined ? {} : { limits }),
  });
  const counts = await audit.run();
  if (organisation !== undefined && counts.organisations === 0)
    findings.add({ check: 'streams', detail: 'there is no such account', stream: accountStream(organisation) });
  const streamsMs = Date.now() - startedMs;
  const readModels = await compareReadModels(streams, { findings, organisation: organisation ?? null });
  return {
    isProven: findings.total === 0,
    organisation: organisation ?? null,
    checks: CHECKS.map((check) => ({ check, findings: findings.countOf(check) })),
    counts,
    snapshots: snapshotAudit.counts,
    readModels,
    findings: findings.kept,
    findingsTotal: findings.total,
    streamsMs,
    readModelsMs: Date.now() - startedMs - streamsMs,
  };
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
