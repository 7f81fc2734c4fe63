import { afterEach, describe, expect, it } from '@jest/globals';
import { accountStream } from '@app/accounts';
import { AggregatorWorld, TOPICS } from '../support/aggregator-world.js';
import { MortalStore } from '../support/mortal-store.js';
import { pictureOfAll } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const FEED_STREAM = `feed-${TOPICS.live}-0-0`;
const RECORDS = [
  recordOf({ id: 'good', organisation: 'acme', timeMs: NOW_MS }),
  recordOf({ id: 'unknown', organisation: 'acme', timeMs: NOW_MS, type: 'nobody.knows' }),
  { key: Buffer.from('acme'), value: Buffer.from('{') },
  recordOf({ id: 'later', organisation: 'acme', timeMs: NOW_MS }),
];

let world: AggregatorWorld;
afterEach(async () => world.end());

/** Quarantine has no second way: what cannot be kept there is waited with, for as long as it takes. */
describe('I3: a quarantine that cannot be written (F24)', () => {
  it.each([
    ['of records that no account can hold', FEED_STREAM],
    ['of an account', accountStream('acme')],
  ])('%s: no position and no offset passes it, and it is written once when it can be', async (_what, refused) => {
    world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publishCatalog(CATALOG);
    const store = new MortalStore(world.store);
    await world.start({ store });
    await world.publish([recordOf({ id: 'opens it', organisation: 'acme', timeMs: NOW_MS })]);
    await world.drained();
    let refusals = 0;
    store.fateOf = (appends) => {
      if (!appends.some(({ stream }) => stream === refused)) return 'done';
      refusals += 1;
      return 'lost-before';
    };
    await world.publish(RECORDS);
    await world.until('it was tried again and again', () => refusals > 5);
    expect((await world.feedState(TOPICS.live)).position?.nextOffset).toBe(1n);
    const hinted = (await world.feed.hints([TOPICS.live]))[0]?.nextOffset ?? 0n;
    expect(hinted <= 1n).toBe(true);

    store.fateOf = () => 'done';
    await world.drained();
    expect(await pictureOfAll(world)).toMatchObject({
      acme: {
        charges: {
          '/test opens it': expect.anything(),
          '/test good': expect.anything(),
          '/test later': expect.anything(),
        },
      },
      '(no account)': expect.anything(),
    });
    const { events } = await world.account('acme');
    expect(events.flatMap((event) => (event.type === 'UsageQuarantined' ? event.records : []))).toMatchObject([
      { eventId: 'unknown', reason: 'UnknownEventType' },
    ]);
    const kept = (await world.feedEventsOf(TOPICS.live)).flatMap((event) =>
      event.type === 'FeedPositionRecorded' ? event.records : [],
    );
    expect(kept).toMatchObject([{ reason: 'Unreadable', offset: 3n }]);
  });
});
