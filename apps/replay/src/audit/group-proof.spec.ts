import { hourOf, usageColumnsOf, type EvidenceLine, type UsageCharged, type UsageGroup } from '@app/metering';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GroupProof } from './group-proof.js';

const HOUR_MS = 3_600_000;
const USES = 3;
const COMBINATIONS = 3;
const anyAmount = fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: 2n ** 50n, max: 2n ** 53n }));
const anyMeterLine = fc.record({ use: fc.nat(USES - 1), quantityNanos: anyAmount, creditsNanos: anyAmount });
const anyLines = fc.array(
  fc.record({
    hour: fc.nat(2),
    dimensions: fc.nat(COMBINATIONS - 1),
    lines: fc.array(anyMeterLine, { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 12 },
);

function evidenceOf(lines: typeof anyLines extends fc.Arbitrary<infer T> ? T : never): EvidenceLine[] {
  return lines.map(({ hour, dimensions, lines: own }, index) => ({
    source: '/source',
    id: `id-${index}`,
    contentHash: { contentHigh: 0, contentLow: index },
    timeMs: hour * HOUR_MS + index,
    usageTimeMs: hour * HOUR_MS + index,
    offset: BigInt(index),
    recordTimestampMs: 0,
    dimensions,
    lines: own,
  }));
}

/** Naively, in the order of the first lines. */
function groupsOf(evidence: readonly EvidenceLine[]): UsageGroup[] {
  const groups = new Map<string, UsageGroup>();
  for (const { usageTimeMs, dimensions, lines } of evidence)
    for (const [place, { use, quantityNanos, creditsNanos }] of lines.entries()) {
      const hour = hourOf(usageTimeMs);
      const key = [use, hour, dimensions].join(' ');
      const sum = groups.get(key);
      groups.set(key, {
        use,
        dimensions,
        hour,
        events: (sum?.events ?? 0) + 1,
        firstEvents: (sum?.firstEvents ?? 0) + (place === 0 ? 1 : 0),
        quantityNanos: (sum?.quantityNanos ?? 0n) + quantityNanos,
        creditsNanos: (sum?.creditsNanos ?? 0n) + creditsNanos,
      });
    }
  return [...groups.values()];
}

const eventOf = (evidence: readonly EvidenceLine[], groups: readonly UsageGroup[]): UsageCharged => ({
  type: 'UsageCharged',
  atMs: 0,
  feed: null,
  catalogVersion: 1,
  uses: [],
  dimensions: Array.from({ length: COMBINATIONS }, (_, at) => [['project', `p-${at}`] as const]),
  groups,
  draws: [],
  samples: [],
  refundGrants: [],
  payments: [],
  days: [],
  evidence,
});

// Used again for every event, as an audit does: what one leaves behind must not be seen by the next.
const proof = new GroupProof();
const isProven = (evidence: readonly EvidenceLine[], groups: readonly UsageGroup[]): boolean =>
  proof.areSums(usageColumnsOf(eventOf(evidence, groups)), USES);

const SMALL_MAX = 2n ** 52n - 1n;
const isSmall = (amount: bigint): boolean => amount <= SMALL_MAX && amount >= -SMALL_MAX;

describe('GroupProof', () => {
  it('proves groups that are the sums of their lines, while numbers hold them (I13)', () => {
    let proven = 0;
    fc.assert(
      fc.property(anyLines, (lines) => {
        const evidence = evidenceOf(lines);
        const groups = groupsOf(evidence);
        const answer = isProven(evidence, groups);
        const amounts = [...groups, ...evidence.flatMap((line) => line.lines)];
        const areSmall = amounts.every(
          ({ quantityNanos, creditsNanos }) => isSmall(quantityNanos) && isSmall(creditsNanos),
        );
        // Sums of few lines stay small on the way, too.
        expect(answer || !areSmall || evidence.length > 2).toBe(true);
        expect(answer && !areSmall).toBe(false);
        if (answer) proven += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(proven).toBeGreaterThan(100);
  });

  it.each<[string, (group: UsageGroup, of: readonly UsageGroup[]) => readonly UsageGroup[]]>([
    ['another quantity', (group) => [{ ...group, quantityNanos: group.quantityNanos + 1n }]],
    ['other credits', (group) => [{ ...group, creditsNanos: group.creditsNanos - 1n }]],
    ['another number of events', (group) => [{ ...group, events: group.events + 1 }]],
    ['another number of first events', (group) => [{ ...group, firstEvents: group.firstEvents + 1 }]],
    ['another hour', (group) => [{ ...group, hour: group.hour + 7 }]],
    ['dimensions that are not listed', (group) => [{ ...group, dimensions: COMBINATIONS }]],
    ['a use that is not listed', (group) => [{ ...group, use: USES }]],
    ['nothing where lines are', () => []],
    ['one group twice', (group) => [group, group]],
    ['a group without lines', (group) => [group, { ...group, hour: 99, quantityNanos: 0n, creditsNanos: 0n }]],
  ])('does not prove %s, and proves what comes next', (_name, change) => {
    fc.assert(
      fc.property(anyLines, fc.nat(), (lines, at) => {
        const evidence = evidenceOf(lines);
        const groups = groupsOf(evidence);
        fc.pre(groups.length > 0);
        const changed = groups.flatMap((group, index) =>
          index === at % groups.length ? change(group, groups) : [group],
        );
        expect(isProven(evidence, changed)).toBe(false);
        const small = evidenceOf([
          { hour: 1, dimensions: 2, lines: [{ use: 0, quantityNanos: 3n, creditsNanos: 4n }] },
        ]);
        expect(isProven(small, groupsOf(small))).toBe(true);
      }),
    );
  });

  it('does not prove a usage event without lines', () => {
    const evidence = evidenceOf([{ hour: 1, dimensions: 0, lines: [] }]);
    expect(isProven(evidence, [])).toBe(false);
  });
});
