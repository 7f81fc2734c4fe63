import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { catalogFixture, MemoryIdentities, usageRecord, type UsageFixture } from '../../testing/index.js';
import type { AccountEvent } from '../account-events.js';
import { initialState, type AccountState } from '../account-state.js';
import { cloneForDecision } from '../evolve/clone-for-decision.js';
import { decideUsage } from './decide-usage.js';
import type { UsageDecision, UsageRecord } from './usage-record.js';

const FEED = { topic: 'usage.v1', generation: 0, partition: 0 };
const MARCH_MS = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
const catalog = catalogFixture();

const data = fc.oneof(
  fc.record({ tokens: fc.constantFrom(0, 40, 80, 2_500, 9_000), model: fc.constantFrom('small', 'large') }),
  fc.record({ seats: fc.nat({ max: 9 }), gigabytes: fc.nat({ max: 9 }), size: fc.nat({ max: 9 }) }),
  fc.record({ person: fc.constantFrom('a', 'b'), tokens: fc.constantFrom(-1, '0.5') }),
  fc.record({ hours: fc.constantFrom('0.000000001', 2), replicas: fc.constant(1), hardware: fc.constant('a100') }),
);

const timeAt = (hours: number): string => new Date(MARCH_MS + hours * HOUR_MS).toISOString();

/** Of two months, out of order, with few ids: duplicates, conflicts, late and refused events are among them. */
const usage = fc
  .record({
    id: fc.nat({ max: 60 }).map(String),
    type: fc.constantFrom('llm', 'llm', 'llm', 'seats', 'storage', 'peak', 'visit', 'gpu', 'unknown'),
    hour: fc.nat({ max: 60 * 24 }),
    delay: fc.constantFrom(0, 0, 1, 30, 900),
    data,
  })
  .map(({ id, type, hour, delay, data: said }): Omit<UsageFixture, 'offset'> => ({
    id,
    type,
    time: timeAt(hour),
    at: timeAt(hour + delay),
    data: said,
  }));

/** What an event says, in plain values: the fields of a `UsageCharged` are its class's. */
function told(event: AccountEvent): unknown {
  if (event.type !== 'UsageCharged') return event;
  const { atMs, feed, uses, dimensions, groups, draws, samples, refundGrants, payments, days, evidence } = event;
  return { atMs, feed, uses, dimensions, groups, draws, samples, refundGrants, payments, days, evidence };
}

/** Decides batches one behind the other, each on a draft or each on the state itself. */
class Account {
  state: AccountState = initialState('acme');
  readonly events: unknown[] = [];
  readonly #known = new MemoryIdentities();

  constructor(private readonly draftOf: (state: AccountState) => AccountState) {}

  decide(records: readonly UsageRecord[]): UsageDecision {
    const draft = this.draftOf(this.state);
    const nextRevision = BigInt(this.events.length);
    const given = { catalog, feed: FEED, known: this.#known, nowMs: MARCH_MS, nextRevision };
    const decision = decideUsage(draft, records, given);
    // A draft that says nothing is thrown away; the state itself must be as it was then.
    if (decision.events.length > 0) this.state = { ...draft, owned: null };
    this.events.push(...decision.events.map(told));
    return decision;
  }
}

describe('usage that is decided on an account’s own state', () => {
  it('says and leaves the same as on a draft, and nothing where nothing came of it (I6)', () => {
    fc.assert(
      fc.property(fc.array(fc.array(usage, { minLength: 1, maxLength: 12 }), { maxLength: 12 }), (batches) => {
        const drafting = new Account(cloneForDecision);
        const inPlace = new Account((state) => state);
        let offset = 0n;
        for (const batch of batches) {
          let left = batch.map((fixture) => usageRecord({ ...fixture, offset: offset++ }));
          while (left.length > 0) {
            const { decided } = drafting.decide(left);
            expect(inPlace.decide(left).decided).toBe(decided);
            expect(inPlace.state).toEqual(drafting.state);
            left = left.slice(decided);
          }
        }
        expect(inPlace.events).toEqual(drafting.events);
      }),
      { numRuns: 100 },
    );
  });
});
