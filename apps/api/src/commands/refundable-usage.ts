import { parseEntryId, usesOfEntry } from '@app/metering';
import type { RefundableDraw, RefundableUsage, UsageCharged } from '@app/metering';
import { accountEvents, findEvidence } from '@app/accounts';
import type { Accounts, LoadedAccount } from '@app/accounts';
import type { EventStore } from '@app/event-store';

/** Where refunds look for what they reverse. */
export interface UsageStreams {
  readonly store: EventStore;
  readonly accounts: Accounts;
}

export interface EventName {
  readonly source: string;
  readonly id: string;
  readonly timeMs: number | null;
}

/** The draws of one charged usage event; null where there is none. */
export async function refundableEvent(
  streams: UsageStreams,
  organisation: string,
  { source, id, timeMs }: EventName,
): Promise<RefundableUsage | null> {
  const account = await streams.accounts.loadFresh(organisation);
  const query = { source, id, ...(timeMs === null ? {} : { timeMs }) };
  const found = await findEvidence(streams.store, streams.accounts.hasher, account, query);
  return found ? refundableLine(found.event, found.revision, found.lineIndex) : null;
}

/** The draws of a deduction of usage; null for entries of other kinds. */
export async function refundableEntry(
  streams: UsageStreams,
  organisation: string,
  entry: string,
): Promise<RefundableUsage | null> {
  const parsed = parseEntryId(entry);
  if (!parsed) return null;
  const account = await streams.accounts.loadFresh(organisation);
  const event = await chargeAt(streams.store, account, parsed.revision);
  if (!event) return null;
  const uses = new Set(usesOfEntry(event, parsed.index));
  const draws = event.draws.flatMap((run, index) =>
    uses.has(run.use) ? [refundableRun(event, { revision: parsed.revision, index, amountNanos: run.amountNanos })] : [],
  );
  return { limits: [], draws: draws.filter((draw) => draw.amountNanos > 0n) };
}

async function chargeAt(
  store: EventStore,
  account: LoadedAccount,
  revision: bigint,
): Promise<UsageCharged | undefined> {
  const [stored] = await store.readStream(account.stream, { from: revision, maxCount: 1 });
  if (stored?.revision !== revision) return undefined;
  const { event } = accountEvents.decode(stored);
  return event.type === 'UsageCharged' ? event : undefined;
}

/** What one evidence line drew. Runs of a rate use lie in the order of the lines that made them. */
export function refundableLine(event: UsageCharged, revision: bigint, lineIndex: number): RefundableUsage {
  const left = event.draws.map((run) => run.amountNanos);
  const draws: RefundableDraw[] = [];
  let totalNanos = 0n;
  event.evidence.slice(0, lineIndex + 1).forEach((line, at) => {
    for (const { use, creditsNanos } of line.lines) {
      const taken = takeRuns(event, left, { use, creditsNanos });
      if (at !== lineIndex) continue;
      totalNanos += creditsNanos;
      draws.push(...taken.map((part) => refundableRun(event, { revision, ...part })));
    }
  });
  const limits = [{ key: `event:${revision}/${lineIndex}`, totalNanos }];
  return { limits, draws: draws.filter((draw) => draw.amountNanos > 0n) };
}

interface RunPart {
  readonly index: number;
  readonly amountNanos: bigint;
}

function takeRuns(event: UsageCharged, left: bigint[], line: { use: number; creditsNanos: bigint }): RunPart[] {
  const parts: RunPart[] = [];
  let missing = line.creditsNanos;
  for (let index = 0; index < left.length && missing !== 0n; index++) {
    const rest = left[index] ?? 0n;
    if (rest === 0n || event.draws[index]?.use !== line.use) continue;
    const amountNanos = magnitude(rest) < magnitude(missing) ? rest : missing;
    parts.push({ index, amountNanos });
    left[index] = rest - amountNanos;
    missing -= amountNanos;
  }
  return parts;
}

function refundableRun(event: UsageCharged, part: RunPart & { readonly revision: bigint }): RefundableDraw {
  const run = event.draws[part.index];
  const use = run && event.uses[run.use];
  if (!run || !use) throw new Error(`The charge at revision ${part.revision} has no run ${part.index}.`);
  return {
    key: `draw:${part.revision}/${part.index}`,
    totalNanos: run.amountNanos,
    amountNanos: part.amountNanos,
    pool: use.pool,
    grant: run.grant,
    cycleStartMs: use.cycle.startMs,
    rate: use.rate,
    isReversible: use.isReversible,
  };
}

const magnitude = (nanos: bigint): bigint => (nanos < 0n ? -nanos : nanos);
