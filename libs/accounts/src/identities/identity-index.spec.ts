import { describe, expect, it } from '@jest/globals';
import type { IdentityHash } from '@app/metering';
import fc from 'fast-check';
import { DAY_MS, dayOf, daysToDecide, windowDays, type DayRange } from './day.js';
import { DaysNotLoaded, IdentityIndex, type IdentityVerdict } from './identity-index.js';

const LEDGER = 1_000 * DAY_MS + 12_345;
const EVERYTHING: DayRange = { from: 0, to: 3_000 };

/** Equal low bits in every identity: the table has to probe past strangers. */
const hashOf = (identity: number, content: number): IdentityHash => ({
  identityHigh: 0xf000_0000 + identity,
  identityLow: identity & 1,
  contentHigh: content,
  contentLow: 0xffff_ffff - identity,
});
const indexWith = (...charged: (readonly [identity: number, content: number, timeMs: number])[]): IdentityIndex => {
  const index = new IdentityIndex();
  index.markLoaded([EVERYTHING]);
  for (const [identity, content, timeMs] of charged) index.restore(hashOf(identity, content), timeMs);
  index.commit();
  return index;
};
const kindOf = (verdict: IdentityVerdict): string => (typeof verdict === 'string' ? verdict : 'conflict');

const OLD = 100 * DAY_MS;
const START = LEDGER - 35 * DAY_MS;
const END = LEDGER + DAY_MS;

describe('IdentityIndex', () => {
  it.each([
    // what was charged (content 1) | the event that comes | its content | verdict
    ['same content, same time', LEDGER, LEDGER, 1, 'duplicate'],
    ['same content, very old', OLD, OLD, 1, 'duplicate'],
    ['other content, same time', LEDGER, LEDGER, 2, 'conflict'],
    ['other content, same old day', OLD, OLD + DAY_MS - 1, 2, 'conflict'],
    ['other content, next old day', OLD, OLD + DAY_MS, 2, 'new'],
    ['both edges of the window', START, END, 2, 'conflict'],
    ['both edges, the other way round', END, START, 2, 'conflict'],
    ['first a millisecond before the window', START - 1, END, 2, 'new'],
    ['second a millisecond before the window', END, START - 1, 2, 'new'],
    ['first a millisecond after the window', END + 1, START, 2, 'new'],
    ['second a millisecond after the window', START, END + 1, 2, 'new'],
    ['outside the window but on one day', START - 1, START, 2, dayOf(START - 1) === dayOf(START) ? 'conflict' : 'new'],
    ['one old, one in the window', OLD, LEDGER, 2, 'new'],
  ] as const)('%s', (...row) => {
    const [, chargedMs, timeMs, content, verdict] = row;
    const index = indexWith([7, 1, chargedMs], [9, 1, chargedMs]);
    expect(kindOf(index.find(hashOf(7, content), timeMs, LEDGER))).toBe(verdict);
    expect(kindOf(index.find(hashOf(8, content), timeMs, LEDGER))).toBe('new');
  });

  it('names the content that was charged first by event time', () => {
    const index = indexWith([7, 3, LEDGER], [7, 2, LEDGER - 5 * DAY_MS]);
    expect(index.find(hashOf(7, 4), LEDGER - DAY_MS, LEDGER)).toEqual({ conflictWith: '00000002fffffff8' });
  });

  it('prefers a duplicate to a conflict with another day', () => {
    const index = indexWith([7, 1, LEDGER - 3 * DAY_MS], [7, 2, LEDGER]);
    expect(index.find(hashOf(7, 2), LEDGER, LEDGER)).toBe('duplicate');
  });

  it('refuses to answer for days that are not loaded', () => {
    const index = new IdentityIndex();
    index.markLoaded([{ from: dayOf(LEDGER), to: dayOf(LEDGER) }]);
    index.markLoaded([{ from: dayOf(OLD), to: dayOf(OLD) }]);
    expect(() => index.find(hashOf(7, 1), LEDGER, LEDGER)).toThrow(DaysNotLoaded);
    expect(() => index.find(hashOf(7, 1), OLD + DAY_MS, LEDGER)).toThrow(DaysNotLoaded);
    expect(() => index.add(hashOf(7, 1), OLD + DAY_MS)).toThrow(DaysNotLoaded);
    expect(index.find(hashOf(7, 1), OLD, LEDGER)).toBe('new');
  });

  it('forgets what a decision added when it is discarded', () => {
    const index = indexWith();
    for (let id = 0; id < 50; id += 1) index.add(hashOf(id, 1), LEDGER);
    index.commit();
    for (let id = 50; id < 200; id += 1) index.add(hashOf(id, 1), LEDGER);
    expect(index.hasPending).toBe(true);
    expect(index.find(hashOf(150, 1), LEDGER, LEDGER)).toBe('duplicate');
    index.discard();
    expect(index.hasPending).toBe(false);
    for (let id = 0; id < 200; id += 1) {
      expect(index.find(hashOf(id, 1), LEDGER, LEDGER)).toBe(id < 50 ? 'duplicate' : 'new');
    }
  });

  it('does not let the stream’s identities be changed within a decision', () => {
    const index = indexWith();
    index.add(hashOf(1, 1), LEDGER);
    expect(() => index.include(hashOf(2, 1), LEDGER)).toThrow('under way');
    expect(() => index.keepOnly(EVERYTHING)).toThrow('under way');
  });
});

interface Charged {
  readonly identity: number;
  readonly content: number;
  readonly timeMs: number;
}

/** The rule as semantics.md words it, over a plain list. */
function naiveVerdict(charged: readonly Charged[], event: Charged, ledgerMs: number): string {
  const same = charged.filter((other) => other.identity === event.identity);
  if (same.some((other) => other.content === event.content && other.timeMs === event.timeMs)) return 'duplicate';
  const isNear = (timeMs: number): boolean => timeMs >= ledgerMs - 35 * DAY_MS && timeMs <= ledgerMs + DAY_MS;
  const isConflict = same.some(
    (other) => dayOf(other.timeMs) === dayOf(event.timeMs) || (isNear(other.timeMs) && isNear(event.timeMs)),
  );
  return isConflict ? 'conflict' : 'new';
}

describe('I2: the index agrees with a naive model', () => {
  const timeMs = fc.oneof(
    fc.constantFrom(START - 1, START, START + 1, LEDGER, END - 1, END, END + 1, OLD, OLD + DAY_MS - 1, OLD + DAY_MS),
    fc.integer({ min: LEDGER - 80 * DAY_MS, max: LEDGER + 40 * DAY_MS }),
  );
  const event = fc.record({ identity: fc.nat(12), content: fc.nat(2), timeMs });
  const step = fc.record({
    events: fc.array(event, { maxLength: 12 }),
    ledgerShiftMs: fc.constantFrom(0, 0, 1, DAY_MS, 3 * DAY_MS),
    isCommitted: fc.boolean(),
    isTrimmed: fc.boolean(),
  });

  it('over decisions, discards, evictions, reloads and a moving ledger time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const index = new IdentityIndex();
        let charged: Charged[] = [];
        let ledgerMs = LEDGER;
        for (const { events, ledgerShiftMs, isCommitted, isTrimmed } of steps) {
          ledgerMs += ledgerShiftMs;
          if (isTrimmed) index.keepOnly(windowDays(ledgerMs));
          loadInto(
            index,
            charged,
            daysToDecide(
              events.map((each) => each.timeMs),
              [ledgerMs],
            ),
          );
          const pending = [...charged];
          for (const each of events) {
            // Content names the time too: equal events have equal times.
            const hash = hashOf(each.identity, (each.timeMs % 1_000_003) * 4 + each.content);
            const verdict = kindOf(index.find(hash, each.timeMs, ledgerMs));
            expect(verdict).toBe(naiveVerdict(pending, each, ledgerMs));
            if (verdict !== 'new') continue;
            index.add(hash, each.timeMs);
            pending.push(each);
          }
          if (isCommitted) charged = pending;
          if (isCommitted) index.commit();
          else index.discard();
        }
      }),
      { numRuns: 300 },
    );
  });
});

function loadInto(index: IdentityIndex, charged: readonly Charged[], ranges: readonly DayRange[]): void {
  for (const range of ranges) {
    for (let day = range.from; day <= range.to; day += 1) {
      if (index.isLoaded(day)) continue;
      for (const each of charged) {
        if (dayOf(each.timeMs) !== day) continue;
        index.restore(hashOf(each.identity, (each.timeMs % 1_000_003) * 4 + each.content), each.timeMs);
      }
      index.markLoaded([{ from: day, to: day }]);
    }
  }
}
