import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CycleMeters, readCycleMeters, type CyclePart } from './cycle-meters.js';
import { SumTable } from './sum-table.js';

const anyText = fc.constantFrom<string>('input', 'output', 'a "b"', 'no\0body', 'größe');
const anyUsage = fc.record({
  meter: anyText,
  pool: anyText,
  part: fc.constantFrom<CyclePart>('own', 'late', 'adjusted', 'paid'),
  sums: fc.record({
    events: fc.nat(),
    firstEvents: fc.constant<number>(0),
    quantityNanos: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    creditsNanos: fc.bigInt({ min: -1_000n, max: 1_000n }),
  }),
});

const gather = (usages: readonly (typeof anyUsage extends fc.Arbitrary<infer T> ? T : never)[]) => {
  const [cycle, table] = [new CycleMeters(), new SumTable()];
  for (const usage of usages) table.add(cycle.of(usage, usage.part, table), usage.sums);
  return { cycle, table };
};

describe('the meters of a cycle', () => {
  it('have one text, however the usage came and was cut into windows', () => {
    fc.assert(
      fc.property(fc.array(anyUsage, { maxLength: 12 }), fc.nat({ max: 12 }), (usages, cut) => {
        const whole = gather(usages);
        const [first, second] = [gather(usages.slice(0, cut)), gather(usages.slice(cut).toReversed())];
        const [stored, table] = [new CycleMeters(), new SumTable()];
        stored.read(first.cycle.text(first.table), table);
        stored.add(table, second.cycle, second.table);
        expect(stored.text(table)).toBe(whole.cycle.text(whole.table));
      }),
    );
  });

  it('are read as they were written, parts of nothing included', () => {
    const sums = { events: 2, firstEvents: 0, quantityNanos: 2n ** 70n, creditsNanos: -5n };
    const { cycle, table } = gather([{ meter: 'input', pool: 'credits', part: 'late', sums }]);
    const nothing = { events: 0, firstEvents: 0, quantityNanos: 0n, creditsNanos: 0n };
    expect(readCycleMeters(cycle.text(table))).toEqual([
      { meter: 'input', pool: 'credits', own: nothing, late: sums, adjusted: nothing, paid: nothing },
    ]);
    expect(() => readCycleMeters('[{}')).toThrow('stored meters of a cycle cannot be read');
  });
});
