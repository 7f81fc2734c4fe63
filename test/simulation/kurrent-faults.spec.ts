import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { EventStoreUnavailable, KurrentEventStore, NO_STREAM } from '@app/event-store';
import type { StreamAppend } from '@app/event-store';
import { AppendModel } from '../support/eventstoredb/append-model.js';
import { noted } from '../support/eventstoredb/noted.js';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';
import type { Fault } from '../support/eventstoredb/stand-in-server.js';

const STREAMS = 4;
const CALL_TIMEOUT_MS = 400;

/** What one writer does in a step, at the same time as the others. `lag` is how far behind the stream it believes to be. */
type Step =
  | { readonly kind: 'append'; readonly stream: number; readonly events: number; readonly lag: number }
  | { readonly kind: 'repeat'; readonly nth: number }
  | { readonly kind: 'extend'; readonly nth: number }
  | { readonly kind: 'read'; readonly stream: number };

interface Round {
  readonly faults: readonly Fault[];
  readonly steps: readonly Step[];
}

const stream = fc.nat({ max: STREAMS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      stream,
      events: fc.integer({ min: 1, max: 3 }),
      lag: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('repeat' as const), nth: fc.nat({ max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('extend' as const), nth: fc.nat({ max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), stream }) },
);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    method: fc.constant('append' as const),
    action: fc.constantFrom(
      'refuse' as const,
      'drop-after-commit' as const,
      'silence-after-commit' as const,
      'die' as const,
      'die-after-commit' as const,
    ),
    skip: fc.nat({ max: 4 }),
  }),
  fc.record({ method: fc.constant('append' as const), action: fc.constant('delay' as const), delayMs: fc.nat(60) }),
  fc.record({ method: fc.constant('read' as const), action: fc.constant('cut' as const), afterEvents: fc.nat(3) }),
);
const round: fc.Arbitrary<Round> = fc.record({
  faults: fc.array(fault, { maxLength: 2 }),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
});

/** Undefined when nobody knows; any other error fails the property. */
async function known<Result>(promise: Promise<Result>): Promise<Result | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof EventStoreUnavailable) return undefined;
    throw error;
  }
}

function appendOf(model: AppendModel, names: readonly string[], one: Step): StreamAppend | undefined {
  if (one.kind === 'append') {
    const name = names[one.stream] ?? '';
    const last = (model.lastKnown.get(name) ?? NO_STREAM) - BigInt(one.lag);
    const events = Array.from({ length: one.events }, () => noted());
    return { stream: name, expectedRevision: last < NO_STREAM ? NO_STREAM : last, events };
  }
  const sent = one.kind === 'read' ? undefined : model.sent[one.nth % model.sent.length];
  return sent !== undefined && one.kind === 'extend' ? { ...sent, events: [...sent.events, noted()] } : sent;
}

describe('appends, repetitions and reads under faults', () => {
  let server: StandInServer;
  let store: KurrentEventStore;
  beforeAll(async () => {
    server = await StandInServer.start();
    store = await KurrentEventStore.connect({ url: server.url, callTimeoutMs: CALL_TIMEOUT_MS });
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  const certainly = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const result = await known(ask());
      if (result !== undefined) return result;
      await server.heal();
    }
    throw new Error('the store stayed unavailable without a fault');
  };

  const runRound = async (model: AppendModel, names: readonly string[], { faults, steps }: Round): Promise<void> => {
    await certainly(() => store.head());
    await server.plan(...faults);
    const perform = async (one: Step): Promise<void> => {
      if (one.kind === 'read') return void (await known(store.readStream(names[one.stream] ?? '', { maxCount: 500 })));
      const append = appendOf(model, names, one);
      if (append === undefined) return;
      model.sent.push(append);
      const [outcome] = (await known(store.append([append]))) ?? [];
      if (outcome !== undefined) model.take(append, outcome);
    };
    await Promise.all(steps.map(perform));
    await server.heal();
  };

  it('no event acknowledged is lost or doubled, and a repetition tells what became of it (exactly once)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 5 }), async (rounds) => {
        const model = new AppendModel();
        const names = Array.from({ length: STREAMS }, () => `account-${randomUUID()}`);
        const before = await certainly(() => store.head());
        for (const one of rounds) await runRound(model, names, one);
        // Every append, of whatever outcome so far, is repeated: the answers agree with what is there.
        for (const append of model.sent) {
          const [outcome] = await certainly(() => store.append([append]));
          if (outcome !== undefined) model.take(append, outcome);
        }
        const all = (await certainly(() => store.readAll({ after: before, maxCount: 5_000 }))).events;
        for (const name of names) {
          const found = await certainly(() => store.readStream(name, { maxCount: 500 }));
          model.check(name, found);
          expect(all.filter((event) => event.stream === name)).toEqual(found);
        }
        expect(model.violations).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 180_000);
});
