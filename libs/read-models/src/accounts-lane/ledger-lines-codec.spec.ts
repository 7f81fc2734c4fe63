import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeLedgerLines, encodeLedgerLines, LedgerLines } from './ledger-lines-codec.js';

const anyRow = fc.record({
  meter: fc.nat(2),
  project: fc.nat(2),
  events: fc.nat(),
  quantity: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  credits: fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
});
type Row = typeof anyRow extends fc.Arbitrary<infer T> ? T : never;

function linesOf(rows: readonly Row[], texts: readonly string[]): LedgerLines {
  const lines = new LedgerLines();
  lines.meters.push('a', 'b', 'c');
  lines.projects.push(...texts);
  for (const row of rows) {
    lines.meter.push(row.meter);
    lines.project.push(row.project);
    lines.events.push(row.events);
    lines.quantity.push(row.quantity);
    lines.credits.push(row.credits);
  }
  return lines;
}

const viewOf = ({ meters, projects, meter, project, events, quantity, credits }: LedgerLines) => ({
  meters,
  projects,
  rows: Array.from({ length: meter.length }, (_, row) => [
    meter.at(row),
    project.at(row),
    events.at(row),
    quantity.at(row),
    credits.at(row),
  ]),
});

describe('the codec of ledger lines', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.array(fc.string({ unit: 'binary' }), { maxLength: 2 }), (rows, texts) => {
        const lines = linesOf(rows, texts);
        expect(viewOf(decodeLedgerLines(encodeLedgerLines(lines)))).toEqual(viewOf(lines));
      }),
    );
  });

  it('refuses bytes that are cut off, and another version', () => {
    const data = encodeLedgerLines(
      linesOf([{ meter: 0, project: 1, events: 1, quantity: 2n ** 70n, credits: 1n }], ['p']),
    );
    for (let length = 0; length < data.length; length++)
      expect(() => decodeLedgerLines(data.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'CorruptReadModel' }),
      );
    data[0] = 9;
    expect(() => decodeLedgerLines(data)).toThrow('version 9');
  });
});
