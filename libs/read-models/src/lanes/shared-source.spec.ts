import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { MemoryEventStore, START, type EventStore, type GlobalPosition } from '@app/event-store';
import { READ_MODEL_LIMITS } from '../limits.js';
import { SharedSource } from './shared-source.js';

/** A store that counts what is read from it. */
function countingStore() {
  const store = new MemoryEventStore();
  const reads: GlobalPosition[] = [];
  const readAll: EventStore['readAll'] = (options) => {
    reads.push(options.after);
    return store.readAll(options);
  };
  let revision = -1n;
  const append = async (bytes = 1): Promise<void> => {
    const event = { id: randomUUID(), type: 'Noted', data: new Uint8Array(bytes) };
    await store.append([{ stream: 'account-acme', expectedRevision: revision++, events: [event] }]);
  };
  return { readAll, append, reads };
}

/** Reads on, and remembers what it has seen. */
class Lane {
  readonly seen: bigint[] = [];
  wasTooLong = false;
  position = START;

  constructor(private readonly source: SharedSource) {}

  async read(maxCount: number): Promise<void> {
    const page = await this.source.read({ after: this.position, maxCount });
    this.wasTooLong ||= page.events.length > maxCount;
    this.seen.push(...page.events.map(({ stored }) => stored.position.commit));
    this.position = page.position;
  }
}

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), bytes: fc.constantFrom(1, READ_MODEL_LIMITS.sharedBytesMax / 8) }),
  fc.record({ kind: fc.constant('read' as const), lane: fc.nat(1), maxCount: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('both' as const), maxCount: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('forget' as const) }),
);

describe('a shared source', () => {
  it('shows every lane every event once, in order, however far apart they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        const store = countingStore();
        const source = new SharedSource(store);
        const lanes = [new Lane(source), new Lane(source)];
        let appended = 0;
        for (const step of steps) {
          if (step.kind === 'append') await store.append(step.bytes).then(() => (appended += 1));
          else if (step.kind === 'read') await lanes[step.lane]?.read(step.maxCount);
          else if (step.kind === 'both') await Promise.all(lanes.map((lane) => lane.read(step.maxCount)));
          else source.forget();
        }
        for (const lane of lanes) {
          while (lane.seen.length < appended) await lane.read(3);
          expect(lane.wasTooLong).toBe(false);
          expect(lane.seen).toEqual(Array.from({ length: appended }, (_, index) => BigInt(index + 1)));
        }
      }),
    );
  });

  it('reads once for lanes that wake together, and decodes once', async () => {
    const store = countingStore();
    const source = new SharedSource(store);
    for (let count = 0; count < 3; count++) await store.append();
    const [one, other] = await Promise.all([1, 2].map(() => source.read({ after: START, maxCount: 10 })));
    expect(store.reads.length).toBe(1);
    expect(one?.events.length).toBe(3);
    expect(other?.events.every((event, index) => event === one?.events[index])).toBe(true);
  });

  it('reads again after it was told to forget', async () => {
    const store = countingStore();
    const source = new SharedSource(store);
    await store.append();
    const reading = source.read({ after: START, maxCount: 10 });
    await Promise.resolve();
    source.forget();
    await reading;
    await source.read({ after: START, maxCount: 10 });
    expect(store.reads.length).toBe(2);
  });
});
