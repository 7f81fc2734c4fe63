import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { binaryEvent, EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { StreamDeletedError, UnknownError, WrongExpectedVersionError } from '@eventstore/db-client';
import type { AllStreamResolvedEvent, Position } from '@eventstore/db-client';

const named = (): string => `facts-${randomUUID()}`;
const newEvents = (count: number): ReturnType<typeof binaryEvent>[] =>
  Array.from({ length: count }, () => binaryEvent({ type: 'Noted', data: new Uint8Array([1, 2, 3]) }));

async function positionsOf(events: AsyncIterable<AllStreamResolvedEvent>): Promise<Position[]> {
  const positions: Position[] = [];
  for await (const { event } of events) if (event !== undefined) positions.push(event.position);
  return positions;
}

/** What the adapter counts on, asked of a server by the bare client: the stand-in and a real one must agree. */
export function eventStoreDbFacts(name: string, urlOf: () => Promise<string>): void {
  describe(`${name}, as the bare client sees it`, () => {
    let client: EventStoreDBClient;
    beforeAll(async () => {
      client = EventStoreDBClient.connectionString(await urlOf());
    });
    afterAll(async () => client.dispose());

    // With credentials an append is a call of its own; without, a part of a stream of appends.
    const paths = [
      ['its own call', { credentials: { username: 'admin', password: 'changeit' } }],
      ['a stream of appends', {}],
    ] as const;

    it.each(paths)(
      'repeats an append with its first result, also after later events, by %s',
      async (_path, options) => {
        const [stream, given] = [named(), newEvents(2)];
        const append = { expectedRevision: 'no_stream', ...options } as const;
        const first = await client.appendToStream(stream, given, append);
        await client.appendToStream(stream, newEvents(1), { ...options, expectedRevision: 1n });
        expect(await client.appendToStream(stream, given, append)).toEqual(first);
        expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
      },
    );

    it.each(paths)('calls it a conflict when only a part is there, even with ANY, by %s', async (_path, options) => {
      const [stream, given] = [named(), newEvents(2)];
      await client.appendToStream(stream, given, { ...options, expectedRevision: 'no_stream' });
      for (const expectedRevision of ['any', 'no_stream'] as const) {
        const more = client.appendToStream(stream, [...given, ...newEvents(1)], { ...options, expectedRevision });
        await expect(more).rejects.toBeInstanceOf(WrongExpectedVersionError);
        await expect(more).rejects.toMatchObject({ streamName: stream, actualVersion: 1n });
      }
      const absent = client.appendToStream(named(), newEvents(1), { ...options, expectedRevision: 3n });
      await expect(absent).rejects.toMatchObject({ actualVersion: 'no_stream', expectedVersion: 3n });
    });

    it('continues the revisions of a stream deleted softly, and refuses a tombstoned one for ever', async () => {
      const [soft, hard] = [named(), named()];
      for (const stream of [soft, hard]) {
        await client.appendToStream(stream, newEvents(3), { expectedRevision: 'no_stream' });
      }
      await client.deleteStream(soft);
      await client.tombstoneStream(hard);
      const append = { expectedRevision: 'no_stream' } as const;
      expect(await client.appendToStream(soft, newEvents(1), append)).toMatchObject({ nextExpectedRevision: 3n });
      await expect(client.appendToStream(hard, newEvents(1), append)).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('reads $all including the position forwards, excluding it backwards, and only given ones', async () => {
      await client.appendToStream(named(), newEvents(2), { expectedRevision: 'no_stream' });
      const { position } = await client.appendToStream(named(), newEvents(1), { expectedRevision: 'no_stream' });
      if (position === undefined) throw new Error('an append without a position');
      const { commit, prepare } = position;
      expect(await positionsOf(client.readAll({ fromPosition: position, maxCount: 1 }))).toEqual([position]);
      const [older] = await positionsOf(
        client.readAll({ fromPosition: position, maxCount: 1, direction: 'backwards' }),
      );
      expect(older === undefined || older.commit < commit).toBe(true);
      const invented = { commit: commit + 1n, prepare: prepare + 1n };
      await expect(positionsOf(client.readAll({ fromPosition: invented, maxCount: 1 }))).rejects.toBeInstanceOf(
        UnknownError,
      );
    });

    it('subscribes to $all behind the position, filtered, with checkpoints', async () => {
      const [prefix, checkpoints] = [named(), [] as Position[]];
      const first = await client.appendToStream(`${prefix}-1`, newEvents(1), { expectedRevision: 'no_stream' });
      if (first.position === undefined) throw new Error('an append without a position');
      const checkpointReached = (_subscription: unknown, position: Position): void => void checkpoints.push(position);
      const filter = streamNameFilter({ prefixes: [prefix], maxSearchWindow: 2, checkpointReached });
      const subscription = client.subscribeToAll({ fromPosition: first.position, filter });
      const seen: string[] = [];
      const isSeen = new Promise<void>((resolve, reject) => {
        subscription.on('error', reject);
        subscription.on('data', ({ event }) => {
          seen.push(event?.streamId ?? '');
          if (seen.length === 2) resolve();
        });
      });
      await client.appendToStream(`${prefix}-2`, newEvents(1));
      for (let nth = 0; nth < 10; nth += 1) await client.appendToStream(named(), newEvents(1));
      await client.appendToStream(`${prefix}-3`, newEvents(1));
      await isSeen;
      await subscription.unsubscribe();
      expect(seen).toEqual([`${prefix}-2`, `${prefix}-3`]);
      expect(checkpoints.length).toBeGreaterThan(0);
    });
  });
}
