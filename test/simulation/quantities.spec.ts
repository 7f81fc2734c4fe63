import { afterEach, describe, expect, it } from '@jest/globals';
import type { PublishRecord } from '@app/usage-feed';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { pictureOf } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const TINY_EVENTS = 20_000;
const PUBLISHED_MAX = 10_000;
const LARGEST = '9'.repeat(30);

let world: AggregatorWorld;
afterEach(async () => world.end());

const stored = (id: string, bytes: string): PublishRecord =>
  recordOf({ id, organisation: 'acme', timeMs: NOW_MS, type: 'bytes.stored', data: { bytes } });

async function decide(records: readonly PublishRecord[]): Promise<void> {
  world = new AggregatorWorld(NOW_MS);
  await world.createTopics();
  await world.publishCatalog(CATALOG);
  for (let from = 0; from < records.length; from += PUBLISHED_MAX)
    await world.publish(records.slice(from, from + PUBLISHED_MAX));
  await world.start();
  await world.drained();
}

/** Charged nano-credits and measured nano-units of everything, and the reasons of what was refused. */
async function totals(): Promise<{
  readonly credits: bigint;
  readonly units: bigint;
  readonly refused: readonly string[];
}> {
  const { events, state } = await world.account('acme');
  const groups = events.flatMap((event) => (event.type === 'UsageCharged' ? event.groups : []));
  const figures = [...(state.wallet.pools.get('credits')?.figures.values() ?? [])];
  return {
    credits: figures.reduce((sum, { usedNanos }) => sum + usedNanos, 0n),
    units: groups.reduce((sum, { quantityNanos }) => sum + quantityNanos, 0n),
    refused: events.flatMap((event) =>
      event.type === 'UsageQuarantined' ? event.records.map(({ reason }) => reason) : [],
    ),
  };
}

describe('quantities of any size', () => {
  it('very many very small ones add up exactly, where each alone would have been rounded (F28)', async () => {
    await decide(Array.from({ length: TINY_EVENTS }, (_, n) => stored(`tiny-${n}`, '0.000001')));
    // 0.02 at 0.9 credits per 11 is 0.00163636…, rounded once. Rounded each, they were 82 nano-credits and 0.00164.
    expect(await totals()).toEqual({ credits: 1_636_364n, units: 20_000_000n, refused: [] });
    await pictureOf(world, 'acme');
  });

  it('the largest ones are exact far beyond 38 digits of the sum, to the last nano-unit (F27)', async () => {
    const records = Array.from({ length: 11 }, (_, n) => stored(`large-${n}`, `${LARGEST}.999999999`));
    await decide(records);
    const units = 11n * (BigInt(LARGEST) * 1_000_000_000n + 999_999_999n);
    // 0.4 credits per 11, the dearer first tier being passed: a volume price is of all of it.
    const exact = units * 4n;
    const credits = exact / 110n + (2n * (exact % 110n) > 110n ? 1n : 0n);
    expect(await totals()).toEqual({ credits, units, refused: [] });
    await pictureOf(world, 'acme');
  });

  it.each([
    '1e30',
    '1'.repeat(31),
    '1'.repeat(39),
    '0.000000000000000001',
    '1.0000000001',
    'NaN',
    'Infinity',
    '-1',
    '-0.000001',
  ])('%s is refused whole, and never rounded (F27)', async (quantity) => {
    await decide([stored('fine', '1'), stored('odd', quantity)]);
    expect(await totals()).toMatchObject({ units: 1_000_000_000n, refused: ['InvalidQuantity'] });
  });
});
