import { describe, expect, it } from '@jest/globals';
import type { RateUse } from '@app/metering';
import fc from 'fast-check';
import { ByteWriter } from './byte-writer.js';
import { TextTable } from './text-table.js';
import { writeUses } from './usage-header-codec.js';
import { UsesMemory } from './written-uses.js';

const useOf = (number: number): RateUse => ({
  meter: `meter-${number % 5}`,
  pool: number % 3 === 0 ? 'runs' : 'credits',
  rate: `rate-${number}`,
  rateCard: 'standard',
  effectiveFromMs: number * 1_000,
  plan: number % 2 === 0 ? 'free' : 'pro',
  cycle: { startMs: 0, endMs: 86_400_000 },
  outcome: number % 7 === 0 ? 'late' : 'charged',
  isReversible: number % 4 === 0,
});
const USES = Array.from({ length: 20 }, (_, number) => useOf(number));

/** Lists that come again and ones that do not, more than are remembered, some of them long. */
const lists = fc.array(fc.array(fc.constantFrom(...USES), { maxLength: 20 }), { minLength: 1, maxLength: 12 });

function written(write: (writer: ByteWriter, texts: TextTable) => void): readonly Buffer[] {
  const [writer, texts, table] = [new ByteWriter(), new TextTable(), new ByteWriter()];
  write(writer, texts);
  texts.write(table);
  return [Buffer.from(writer.view()), Buffer.from(table.view())];
}

describe('UsesMemory', () => {
  it('writes the bytes and the texts of a list as if it were written anew', () => {
    fc.assert(
      fc.property(lists, fc.array(fc.nat({ max: 11 }), { maxLength: 40 }), (given, order) => {
        const memory = new UsesMemory();
        for (const at of order) {
          const uses = given[at % given.length] ?? [];
          const expected = written((writer, texts) => writeUses(writer, uses, texts));
          expect(written((writer, texts) => memory.put(writer, texts, uses, writeUses))).toEqual(expected);
        }
      }),
    );
  });
});
