import { drawsOfEvidence, entriesOf, type AccountEvent } from '@app/metering';
import { TOPICS, type AggregatorWorld } from './aggregator-world.js';

/** What a run has come to, without anything that depends on batches: two runs of one feed have the same picture. */
export interface AccountPicture {
  readonly balances: Readonly<Record<string, string>>;
  /** By source and id: credits and draws, per meter line. */
  readonly charges: Readonly<Record<string, string>>;
  /** Groups added up: count, units and credits. */
  readonly groups: Readonly<Record<string, string>>;
  readonly crossings: readonly string[];
  readonly quarantined: Readonly<Record<string, string>>;
  readonly cycles: readonly string[];
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));

/** Folds the account and checks I1, I2, I5 and I13 on the way. @throws where one of them does not hold */
export async function pictureOf(world: AggregatorWorld, organisation: string): Promise<AccountPicture> {
  const { state, events } = await world.account(organisation);
  const balances: Record<string, string> = {};
  for (const pool of state.wallet.pools.values()) {
    const remaining = pool.grants.reduce((sum, grant) => sum + grant.remainingNanos, 0n);
    if (pool.balanceNanos !== remaining - pool.overdraftNanos) throw new Error(`I1: ${organisation} ${pool.key}`);
    if (pool.balanceNanos !== movedInto(events, pool.key)) throw new Error(`I1: entries of ${organisation}`);
    balances[pool.key] = String(pool.balanceNanos);
  }
  const charges: Record<string, string> = {};
  const grants = namesOfGrants(events);
  const groups = new Map<string, { count: bigint; first: bigint; units: bigint; credits: bigint }>();
  const crossings: string[] = [];
  const quarantined: Record<string, string> = {};
  for (const event of events) {
    if (event.type === 'UsageCharged') {
      addCharges(charges, event, { organisation, grants });
      addGroups(groups, event);
      checkEvidence(event);
    }
    if (event.type === 'ThresholdReached') crossings.push(text({ ...event, atMs: 0 }));
    if (event.type === 'UsageQuarantined')
      for (const { id, reason } of event.records) {
        if (quarantined[id] !== undefined) throw new Error(`${id} was quarantined twice`);
        quarantined[id] = reason;
      }
  }
  const added = [...groups].map(([key, sums]) => [key, text(sums)] as const);
  const cycles = state.wallet.cycles.map((cycle) => text(cycle));
  return { balances, charges, groups: Object.fromEntries(added), crossings, quarantined, cycles };
}

/** Of all accounts, with the records that none of them holds. */
export async function pictureOfAll(world: AggregatorWorld): Promise<Readonly<Record<string, unknown>>> {
  const all: Record<string, unknown> = {};
  for (const organisation of (await world.organisations()).toSorted())
    all[organisation] = await pictureOf(world, organisation);
  const unhosted: Record<string, string> = {};
  for (const { topic, partition } of await world.feed.ends(Object.values(TOPICS)))
    for (const event of await world.feedEventsOf(topic, partition))
      if (event.type === 'FeedPositionRecorded') for (const { id, reason } of event.records) unhosted[id] = reason;
  return { ...all, '(no account)': unhosted };
}

type Charged = Extract<AccountEvent, { type: 'UsageCharged' }>;

function movedInto(events: readonly AccountEvent[], pool: string): bigint {
  let sum = 0n;
  for (const event of events) for (const entry of entriesOf(event)) if (entry.pool === pool) sum += entry.amountNanos;
  return sum;
}

/** Grants by the order in which they were given: their ids hold revisions, which depend on batches. */
function namesOfGrants(events: readonly AccountEvent[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const event of events)
    for (const { movements } of entriesOf(event))
      for (const movement of movements)
        if (movement.kind === 'grant' || movement.kind === 'schedule')
          names.set(movement.grant.id, `grant ${names.size + 1} of ${movement.grant.source}`);
  return names;
}

function addCharges(
  charges: Record<string, string>,
  event: Charged,
  account: { readonly organisation: string; readonly grants: ReadonlyMap<string, string> },
): void {
  const { organisation, grants } = account;
  const draws = drawsOfEvidence(event);
  for (const [index, line] of event.evidence.entries()) {
    const key = `${line.source} ${line.id}`;
    if (charges[key] !== undefined) throw new Error(`I2: ${organisation} ${key} was charged twice`);
    const lines = line.lines.map(({ use, creditsNanos }) => ({ rate: event.uses[use]?.rate, creditsNanos }));
    const drawn = (draws.get(index) ?? []).map(({ use, draws: runs }) => ({
      rate: event.uses[use]?.rate,
      runs: runs.map(({ from, grant, amountNanos }) => [from, grants.get(grant ?? '') ?? grant, amountNanos]),
    }));
    charges[key] = text({ timeMs: line.timeMs, usageTimeMs: line.usageTimeMs, lines, drawn });
  }
}

function addGroups(
  groups: Map<string, { count: bigint; first: bigint; units: bigint; credits: bigint }>,
  event: Charged,
): void {
  for (const group of event.groups) {
    const { use, dimensions, events, firstEvents, quantityNanos, creditsNanos, hour } = group;
    const used = event.uses[use];
    const key = text([used?.rate, used?.cycle, used?.outcome, event.dimensions[dimensions], hour]);
    const sums = groups.get(key) ?? { count: 0n, first: 0n, units: 0n, credits: 0n };
    sums.count += BigInt(events);
    sums.first += BigInt(firstEvents);
    sums.units += quantityNanos;
    sums.credits += creditsNanos;
    groups.set(key, sums);
  }
}

/** I13: the evidence adds up to the groups. */
function checkEvidence(event: Charged): void {
  const lines = event.evidence.flatMap((each) => each.lines);
  const inEvidence = lines.reduce((sum, line) => sum + line.creditsNanos, 0n);
  const inGroups = event.groups.reduce((sum, group) => sum + group.creditsNanos, 0n);
  if (inEvidence !== inGroups) throw new Error(`I13: evidence ${inEvidence}, groups ${inGroups}`);
  const counted = event.groups.reduce((sum, group) => sum + group.firstEvents, 0);
  if (counted !== event.evidence.length)
    throw new Error(`I13: ${event.evidence.length} usage events, ${counted} counted`);
}
