import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UsageCharged } from '@app/metering';
import { addedUp, anyRow, rowsOf, type NamedRow } from './testing/any-segment.js';
import { newUsageAccount } from './usage-account.js';
import { UsageWindow } from './usage-window.js';
import { WindowSegments } from './window-segments.js';

const CYCLE = { startMs: 0, endMs: 1 };
const anyAppend = fc.record({
  organisation: fc.constantFrom('acme', 'globex'),
  rows: fc.array(fc.record({ day: fc.integer({ min: -1, max: 1 }), row: anyRow }), { maxLength: 6 }),
});
type Append = typeof anyAppend extends fc.Arbitrary<infer T> ? T : never;

const useKeyOf = ({ meter, pool, outcome }: NamedRow): string => [meter, pool, outcome].join(' ');

function eventOf({ rows }: Append): UsageCharged {
  const firsts = new Map(rows.toReversed().map(({ row }) => [useKeyOf(row), row]));
  const keys = [...firsts.keys()];
  return {
    type: 'UsageCharged',
    atMs: 0,
    feed: null,
    catalogVersion: 1,
    uses: Array.from(firsts.values(), useOf),
    dimensions: rows.map(({ row }) => Object.entries(row.pairs)),
    groups: rows.map(({ day, row }, index) => ({
      ...groupOf(row, day, index),
      use: keys.indexOf(useKeyOf(row)),
    })),
    draws: [],
    samples: [],
    days: [],
    refundGrants: [],
    payments: [],
    evidence: [],
  };
}

const useOf = ({ meter, pool, outcome }: NamedRow): UsageCharged['uses'][number] => ({
  meter,
  pool,
  outcome,
  cycle: CYCLE,
  rate: '',
  rateCard: '',
  effectiveFromMs: 0,
  plan: '',
  isReversible: true,
});

const groupOf = (row: NamedRow, day: number, index: number): UsageCharged['groups'][number] => ({
  use: 0,
  dimensions: index,
  hour: day * 24 + row.hour,
  events: row.events,
  firstEvents: row.firstEvents,
  quantityNanos: row.quantityNanos,
  creditsNanos: row.creditsNanos,
});

const keyOf = (organisation: string, day: number) => (row: NamedRow) => {
  const { user, model } = row.pairs;
  return [JSON.stringify([organisation, day, row.meter, row.pool, row.outcome, row.hour, [user, model]])];
};

describe('a window’s segments', () => {
  it('hold every group of its appends, by account and day', () => {
    fc.assert(
      fc.property(fc.array(anyAppend, { maxLength: 5 }), (appends) => {
        const window = new UsageWindow();
        for (const append of appends) window.add(newUsageAccount(append.organisation), eventOf(append));
        const found: Record<string, string> = {};
        const segments = new WindowSegments(window);
        for (const [organisation, { days }] of window.accounts)
          for (const [day, runs] of days)
            Object.assign(found, addedUp(rowsOf(segments.of(runs)), keyOf(organisation, day)));
        const given = appends.flatMap(({ organisation, rows }) =>
          rows.map(({ day, row }) => ({ row, key: keyOf(organisation, day)(row) })),
        );
        const keys = new Map(given.map(({ row, key }) => [row, key]));
        expect(found).toEqual(
          addedUp(
            given.map(({ row }) => row),
            (row) => keys.get(row) ?? [],
          ),
        );
      }),
    );
  });
});
