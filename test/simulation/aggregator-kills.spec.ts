import { afterEach, describe, expect, it } from '@jest/globals';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { faultMs } from '../support/fault-ms.js';
import { MortalStore } from '../support/mortal-store.js';
import { pictureOfAll } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const ORGANISATIONS = ['acme', 'bolt', 'cord', 'dusk', 'echo'];
const RECORDS_A_ROUND = 40;
const KILLS = Math.round(faultMs(300, 30));
/** Five are spent on taking the partitions; what comes after them decides usage. */
const APPENDS_MAX = 9;

let world: AggregatorWorld;
afterEach(async () => world.end());

/** The nth round of usage: most of it new, some of the round before. */
const round = (nth: number): ReturnType<typeof recordOf>[] =>
  Array.from({ length: RECORDS_A_ROUND }, (_, n) => {
    const number = nth * (RECORDS_A_ROUND - 10) + n;
    const organisation = ORGANISATIONS[number % ORGANISATIONS.length] ?? '';
    return recordOf({
      id: `e${number}`,
      organisation,
      timeMs: NOW_MS,
      type: 'llm.completion',
      data: { tokens: number },
    });
  });

async function begin(): Promise<void> {
  world = new AggregatorWorld(NOW_MS);
  await world.createTopics(2);
  await world.publishCatalog(CATALOG);
}

describe('an aggregator that is killed in a tight loop under load (F2)', () => {
  it('I1-I6: comes in the end to what one comes to that was never killed, and goes forward in between', async () => {
    await begin();
    for (let nth = 0; nth < KILLS; nth += 1) await world.publish(round(nth));
    await world.start();
    await world.drained();
    const whole = await pictureOfAll(world);
    await world.end();

    await begin();
    for (let nth = 0; nth < KILLS; nth += 1) {
      const store = new MortalStore(world.store);
      const starting = world.start({ store, settings: { batchRecordsMax: 7, stopGraceMs: 1 } }).catch(() => undefined);
      await world.publish(round(nth));
      await world.until('it is at work', () => store.appends > (nth * 7) % APPENDS_MAX);
      // From here on nothing of it reaches the store, as of a process that is gone; what was sent may have been done.
      store.isDead = true;
      const aggregator = await starting;
      await aggregator?.stop();
      world.running.clear();
    }
    expect(await world.organisations()).toHaveLength(ORGANISATIONS.length);
    await world.start();
    await world.drained();
    expect(await pictureOfAll(world)).toEqual(whole);
  });
});
