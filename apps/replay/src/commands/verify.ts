import { accountStream } from '@app/accounts';
import { auditInThreads } from '../audit/audit-in-threads.js';
import { auditShare, type ShareReport } from '../audit/audit-share.js';
import { chooseThreads } from '../audit/choose-threads.js';
import { CHECKS, Findings, type Check, type Finding } from '../audit/finding.js';
import { compareReadModels, type ReadModelComparison } from '../audit/read-model-audit.js';
import { ALL_STREAMS } from '../audit/share.js';
import type { SnapshotCounts } from '../audit/snapshot-audit.js';
import type { StreamsAuditCounts } from '../audit/streams-audit.js';
import { LIMITS } from '../limits.js';
import type { OpenStreams } from '../open-streams.js';

export interface VerifyRequest {
  /** Only this organisation's account, and its rows. */
  readonly organisation?: string;
  /** How many audit the streams at once; where it is not said, it follows from what there is to audit. */
  readonly threads?: number;
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
  const findings = new Findings();
  const startedMs = Date.now();
  const { organisation } = request;
  const reports = await auditStreams(streams, request);
  for (const { found } of reports) findings.addAll(found);
  const counts = sumOf(reports.map((report) => report.counts));
  if (organisation !== undefined && counts.organisations === 0)
    findings.add({ check: 'streams', detail: 'there is no such account', stream: accountStream(organisation) });
  const streamsMs = Date.now() - startedMs;
  const readModels = await compareReadModels(streams, { findings, organisation: organisation ?? null });
  return {
    isProven: findings.total === 0,
    organisation: organisation ?? null,
    checks: CHECKS.map((check) => ({ check, findings: findings.countOf(check) })),
    counts: { ...counts, passes: Math.max(...reports.map((report) => report.counts.passes)) },
    snapshots: sumOf(reports.map((report) => report.snapshots)),
    readModels,
    findings: findings.kept,
    findingsTotal: findings.total,
    streamsMs,
    readModelsMs: Date.now() - startedMs - streamsMs,
  };
}

async function auditStreams(
  streams: OpenStreams,
  { organisation, threads: asked, limits = LIMITS }: VerifyRequest,
): Promise<readonly ShareReport[]> {
  const until = await streams.store.head();
  if (organisation !== undefined) {
    const only = ['catalog', 'deployment', accountStream(organisation)];
    return [await auditShare(streams, { share: ALL_STREAMS, until, only, limits })];
  }
  const { store, hasDensePositions } = streams;
  const threads = asked ?? (await chooseThreads({ store, until, hasDensePositions }));
  // All threads together stay below the limits of memory.
  const ofThread = {
    accountsMax: Math.ceil(limits.accountsMax / threads),
    identitiesMax: Math.ceil(limits.identitiesMax / threads),
  };
  return auditInThreads(streams, threads, { until, limits: ofThread });
}

/** Counts of several shares together. */
function sumOf<Counts extends Readonly<Record<keyof Counts, number>>>(all: readonly Counts[]): Counts {
  const [first, ...others] = all;
  if (first === undefined) throw new RangeError('there is nothing to add up');
  const sum = { ...first };
  for (const counts of others)
    for (const name of Object.keys(counts) as (keyof Counts)[])
      sum[name] = (sum[name] + counts[name]) as Counts[keyof Counts];
  return sum;
}
