import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { InvalidAppend, LIMITS, NO_STREAM, START } from '../event-store.js';
import type { EventStore, NewEvent, StoredEvent, StreamAppend } from '../event-store.js';

const event = (bytes: Uint8Array | string = 'x', type = 'Noted'): NewEvent => ({
  id: randomUUID(),
  type,
  data: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
});
const events = (count: number): NewEvent[] => Array.from({ length: count }, (_, nth) => event(`event ${nth}`));
const named = (prefix = 'stream'): string => `${prefix}-${randomUUID()}`;
const appendOf = (stream: string, expectedRevision: bigint, given: readonly NewEvent[]): StreamAppend => ({
  stream,
  expectedRevision,
  events: given,
});
const plain = ({ id, type, data }: NewEvent): object => ({ id, type, data: [...data] });

async function readWhole(
  store: EventStore,
  maxCount = 1_000,
  streamPrefixes?: readonly string[],
): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after, maxCount, ...(streamPrefixes === undefined ? {} : { streamPrefixes }) });
    found.push(...page.events);
    after = page.position;
    if (page.isEnd) return found;
  }
}

/** Appends after whatever is there, as a writer does after a conflict, and answers how often it was told off. */
async function appendEventually(store: EventStore, streams: readonly string[]): Promise<number> {
  let conflicts = 0;
  let left = streams;
  while (left.length > 0) {
    const appends = await Promise.all(
      left.map(async (stream) => appendOf(stream, await store.streamRevision(stream), [event()])),
    );
    const outcomes = await store.append(appends);
    left = outcomes.filter(({ kind }) => kind === 'conflict').map(({ stream }) => stream);
    conflicts += left.length;
  }
  return conflicts;
}

type CreateStore = () => Promise<EventStore>;

interface ContractOptions {
  /** False where positions are places in a log, and the store may hold others' events: by default they count events from 1. */
  readonly isCounting?: boolean;
}

/** What every adapter of the port must do, refusals first of all. `createStore` answers an empty store. */
export function eventStoreContract(name: string, createStore: CreateStore, options: ContractOptions = {}): void {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await createStore();
    }, 60_000);
    afterAll(async () => store.close(), 60_000);

    appendContract(() => store);
    refusalContract(() => store);
    repetitionContract(() => store);
    readContract(() => store);
    waitContract(() => store);
    concurrencyContract(createStore, options);
  });
}

function appendContract(store: () => EventStore): void {
  describe('append', () => {
    it('keeps what it was given, byte by byte', async () => {
      const stream = named('stream "quoted", {braced} \\ é 💶');
      const given = [event(new Uint8Array(256).map((_, nth) => nth)), event(new Uint8Array(0), 'Emptied'), event('é')];
      const [outcome] = await store().append([appendOf(stream, NO_STREAM, given)]);
      expect(outcome).toMatchObject({ kind: 'appended', stream, revision: 2n });
      const found = await store().readStream(stream, { maxCount: 10 });
      expect(found.map(plain)).toEqual(given.map(plain));
      expect(found.map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
      expect(found.every((stored) => stored.stream === stream && stored.recordedAt instanceof Date)).toBe(true);
      expect(outcome).toMatchObject({ position: found[2]?.position });
    });

    it('is independent by stream: a conflict in one keeps none of the others', async () => {
      const [taken, fresh, other] = [named(), named(), named()];
      await store().append([appendOf(taken, NO_STREAM, events(3))]);
      const outcomes = await store().append([
        appendOf(fresh, NO_STREAM, events(2)),
        appendOf(taken, 0n, events(1)),
        appendOf(other, NO_STREAM, events(1)),
      ]);
      expect(outcomes).toMatchObject([
        { kind: 'appended', stream: fresh, revision: 1n },
        { kind: 'conflict', stream: taken, actualRevision: 2n },
        { kind: 'appended', stream: other, revision: 0n },
      ]);
      const [last] = await store().readStream(other, { maxCount: 1 });
      expect(outcomes[2]).toMatchObject({ position: last?.position });
      expect(await store().streamRevision(taken)).toBe(2n);
    });

    it('answers nothing to nothing', async () => {
      expect(await store().append([])).toEqual([]);
    });

    it('takes the largest append that the limits allow', async () => {
      const stream = named();
      const data = new Uint8Array(LIMITS.eventBytesMax).fill(7);
      await store().append([appendOf(stream, NO_STREAM, [event(data)])]);
      const [found] = await store().readStream(stream, { maxCount: 1 });
      expect(found?.data.byteLength).toBe(LIMITS.eventBytesMax);
    });
  });
}

function refusalContract(store: () => EventStore): void {
  describe('conflicts', () => {
    it.each([
      ['must not exist, but does', 2, NO_STREAM, 1n],
      ['behind', 3, 1n, 2n],
      ['ahead', 2, 5n, 1n],
      ['must exist, but does not', 0, 0n, NO_STREAM],
    ])('%s', async (_name, existing, expectedRevision, actualRevision) => {
      const stream = named();
      if (existing > 0) await store().append([appendOf(stream, NO_STREAM, events(existing))]);
      const outcomes = await store().append([appendOf(stream, expectedRevision, events(1))]);
      expect(outcomes).toEqual([{ kind: 'conflict', stream, actualRevision }]);
      expect(await store().streamRevision(stream)).toBe(actualRevision);
    });
  });

  describe('what can never succeed appends nothing', () => {
    const half = new Uint8Array(LIMITS.appendBytesMax / 2 + 1);
    const twice = event();
    it.each<[string, (stream: string) => StreamAppend[]]>([
      ['no events', (stream) => [appendOf(stream, NO_STREAM, [])]],
      ['a stream twice', (stream) => [appendOf(stream, NO_STREAM, events(1)), appendOf(stream, 0n, events(1))]],
      ['an event too large', (s) => [appendOf(s, NO_STREAM, [event(new Uint8Array(LIMITS.eventBytesMax + 1))])]],
      ['an append too large', (stream) => [appendOf(stream, NO_STREAM, [event(half), event(half)])]],
      ['an id twice', (stream) => [appendOf(stream, NO_STREAM, [twice, twice])]],
      ['an id that is no UUID', (stream) => [appendOf(stream, NO_STREAM, [{ ...event(), id: 'one' }])]],
      ['no type', (stream) => [appendOf(stream, NO_STREAM, [event('x', '')])]],
      ['a type too long', (stream) => [appendOf(stream, NO_STREAM, [event('x', 'T'.repeat(LIMITS.typeMax + 1))])]],
      ['no stream name', () => [appendOf('', NO_STREAM, events(1))]],
      ['a stream name too long', () => [appendOf('s'.repeat(LIMITS.streamNameMax + 1), NO_STREAM, events(1))]],
      ['a stream name with NUL', () => [appendOf('a\0b', NO_STREAM, events(1))]],
      ['half a surrogate pair', () => [appendOf('a\ud800', NO_STREAM, events(1))]],
      ['a revision below NO_STREAM', (stream) => [appendOf(stream, -2n, events(1))]],
    ])('%s', async (_name, appendsOf) => {
      const [stream, innocent, head] = [named(), named(), await store().head()];
      const appends = [appendOf(innocent, NO_STREAM, events(1)), ...appendsOf(stream)];
      await expect(store().append(appends)).rejects.toBeInstanceOf(InvalidAppend);
      expect(await store().head()).toEqual(head);
      expect(await store().streamRevision(innocent)).toBe(NO_STREAM);
    });

    it('a page that is empty or beyond the limit', async () => {
      await expect(store().readStream('any', { maxCount: 0 })).rejects.toBeInstanceOf(RangeError);
      await expect(store().readAll({ after: START, maxCount: LIMITS.readEventsMax + 1 })).rejects.toBeInstanceOf(
        RangeError,
      );
    });
  });
}

function repetitionContract(store: () => EventStore): void {
  describe('a repeated append', () => {
    it('answers with the first result, also after later events, and appends nothing', async () => {
      const [stream, given] = [named(), events(2)];
      const first = await store().append([appendOf(stream, NO_STREAM, given)]);
      expect(await store().append([appendOf(stream, NO_STREAM, given)])).toEqual(first);
      await store().append([appendOf(stream, 1n, events(3))]);
      const head = await store().head();
      const upperCase = given.map((one) => ({ ...one, id: one.id.toUpperCase() }));
      expect(await store().append([appendOf(stream, NO_STREAM, given)])).toEqual(first);
      expect(await store().append([appendOf(stream, NO_STREAM, upperCase)])).toEqual(first);
      expect(await store().head()).toEqual(head);
    });

    it('is recognised in the middle of a stream, beside fresh appends', async () => {
      const [stream, fresh, middle] = [named(), named(), events(2)];
      await store().append([appendOf(stream, NO_STREAM, events(2))]);
      const [first] = await store().append([appendOf(stream, 1n, middle)]);
      await store().append([appendOf(stream, 3n, events(1))]);
      const outcomes = await store().append([appendOf(fresh, NO_STREAM, events(1)), appendOf(stream, 1n, middle)]);
      expect(outcomes).toMatchObject([{ kind: 'appended', stream: fresh, revision: 0n }, { ...first }]);
    });

    it.each<[string, (given: readonly NewEvent[]) => readonly NewEvent[]]>([
      ['longer than what is there', (given) => [...given, event()]],
      ['the first is new', (given) => [event(), ...given.slice(1)]],
      ['the last is new', (given) => [...given.slice(0, -1), event()]],
      ['in another order', (given) => given.toReversed()],
    ])('of which only a part is there is a conflict: %s', async (_name, change) => {
      const [stream, given] = [named(), events(3)];
      await store().append([appendOf(stream, NO_STREAM, given)]);
      const outcomes = await store().append([appendOf(stream, NO_STREAM, change(given))]);
      expect(outcomes).toEqual([{ kind: 'conflict', stream, actualRevision: 2n }]);
    });

    it('is another append in another stream', async () => {
      const given = events(1);
      const outcomes = await store().append([appendOf(named(), NO_STREAM, given), appendOf(named(), NO_STREAM, given)]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    });
  });
}

function readContract(store: () => EventStore): void {
  describe('reads', () => {
    it('a stream from anywhere, in both directions', async () => {
      const stream = named();
      await store().append([appendOf(stream, NO_STREAM, events(5))]);
      const revisions = async (options: Parameters<EventStore['readStream']>[1]): Promise<number[]> =>
        (await store().readStream(stream, options)).map(({ revision }) => Number(revision));
      expect(await revisions({ maxCount: 3 })).toEqual([0, 1, 2]);
      expect(await revisions({ from: 3n, maxCount: 9 })).toEqual([3, 4]);
      expect(await revisions({ from: 5n, maxCount: 9 })).toEqual([]);
      expect(await revisions({ from: 1n << 40n, maxCount: 9 })).toEqual([]);
      expect(await revisions({ direction: 'backwards', maxCount: 2 })).toEqual([4, 3]);
      expect(await revisions({ direction: 'backwards', from: 1n, maxCount: 9 })).toEqual([1, 0]);
      expect(await revisions({ direction: 'backwards', from: 99n, maxCount: 1 })).toEqual([4]);
      expect(await store().readStream(named(), { maxCount: 1 })).toEqual([]);
      expect(await store().streamRevision(named())).toBe(NO_STREAM);
    });

    it('all streams in the order of positions, from head to head', async () => {
      const before = await store().head();
      const [a, b] = [named(), named()];
      await store().append([appendOf(a, NO_STREAM, events(2))]);
      await store().append([appendOf(b, NO_STREAM, events(1))]);
      await store().append([appendOf(a, 1n, events(1))]);
      const page = await store().readAll({ after: before, maxCount: 100 });
      expect(page.events.map(({ stream, revision }) => [stream, revision])).toEqual([
        [a, 0n],
        [a, 1n],
        [b, 0n],
        [a, 2n],
      ]);
      expect(page).toMatchObject({ position: await store().head(), isEnd: true });
      const end = await store().readAll({ after: page.position, maxCount: 1 });
      expect(end).toEqual({ events: [], position: page.position, isEnd: true });
      const first = await store().readAll({ after: before, maxCount: 3 });
      expect(first).toMatchObject({ isEnd: false, position: first.events[2]?.position });
    });

    it('only the streams that a prefix names, and says how far it looked', async () => {
      const [prefix, before] = [`p%_${randomUUID()}-`, await store().head()];
      // One after the other: streams of one call are independent, in their order too.
      await store().append([appendOf(`${prefix}1`, NO_STREAM, events(1))]);
      await store().append([appendOf(named(), NO_STREAM, events(3))]);
      await store().append([appendOf(`${prefix}2`, NO_STREAM, events(1))]);
      await store().append([appendOf(named(), NO_STREAM, events(2))]);
      const page = await store().readAll({ after: before, maxCount: 3, streamPrefixes: ['nothing-', prefix] });
      expect(page.events.map(({ stream }) => stream)).toEqual([`${prefix}1`]);
      const { position } = await store().readAll({ after: before, maxCount: 3 });
      expect(page).toMatchObject({ isEnd: false, position });
      const whole = await readWhole(store(), 2, [prefix]);
      expect(whole.map(({ stream }) => stream)).toEqual([`${prefix}1`, `${prefix}2`]);
    });

    it('its own clock', async () => {
      expect(Math.abs((await store().now()).getTime() - Date.now())).toBeLessThan(60_000);
    });
  });
}

function waitContract(store: () => EventStore): void {
  describe('waitForAppend', () => {
    it('returns at once when there is more already', async () => {
      await store().append([appendOf(named(), NO_STREAM, events(1))]);
      const startedAt = Date.now();
      await store().waitForAppend(START, 30_000);
      expect(Date.now() - startedAt).toBeLessThan(10_000);
    });

    it('returns when something is appended, and otherwise after its time', async () => {
      const startedAt = Date.now();
      const waiting = store().waitForAppend(await store().head(), 30_000);
      setTimeout(() => void store().append([appendOf(named(), NO_STREAM, events(1))]), 50);
      await waiting;
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      await store().waitForAppend(await store().head(), 40);
      expect(Date.now() - startedAt).toBeGreaterThan(80);
    }, 40_000);
  });
}

function concurrencyContract(createStore: CreateStore, { isCounting = true }: ContractOptions): void {
  describe('concurrent appends', () => {
    it('at one revision: exactly one wins, the others are told', async () => {
      const store = await createStore();
      const stream = named();
      const outcomes = (
        await Promise.all(Array.from({ length: 12 }, () => store.append([appendOf(stream, NO_STREAM, events(2))])))
      ).flat();
      expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      expect(await store.readStream(stream, { maxCount: 10 })).toHaveLength(2);
      await store.close();
    }, 30_000);

    it('over many streams, in opposite orders: gapless revisions, positions in order, and a reader that misses nothing', async () => {
      const store = await createStore();
      const streams = Array.from({ length: 6 }, (_, nth) => named(String(nth)));
      let isWriting = true;
      const seen: StoredEvent[] = [];
      const start = await store.head();
      const read = async (): Promise<void> => {
        for (let after = start; ;) {
          const isLast = !isWriting;
          const page = await store.readAll({ after, maxCount: 7 });
          seen.push(...page.events);
          after = page.position;
          if (isLast && page.isEnd) return;
        }
      };
      const write = async (nth: number): Promise<void> => {
        for (let round = 0; round < 8; round += 1) {
          await appendEventually(store, nth % 2 === 0 ? streams : streams.toReversed());
        }
      };
      const reading = read();
      await Promise.all([0, 1, 2, 3].map(write));
      isWriting = false;
      await reading;
      const commits = seen.map(({ position }) => position.commit);
      const ascending = [...new Set(commits)].toSorted((one, other) => (one < other ? -1 : 1));
      expect(commits).toEqual(isCounting ? Array.from({ length: 6 * 8 * 4 }, (_, nth) => BigInt(nth + 1)) : ascending);
      for (const stream of streams) {
        const revisions = seen.filter((found) => found.stream === stream).map(({ revision }) => Number(revision));
        expect(revisions).toEqual(Array.from({ length: 8 * 4 }, (_, nth) => nth));
      }
      await store.close();
    }, 60_000);
  });
}
