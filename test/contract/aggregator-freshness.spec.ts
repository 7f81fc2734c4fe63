import { afterEach, describe, expect, it } from '@jest/globals';
import { AccountCommands, Accounts, IdentityHasher, SECRET_BYTES } from '@app/accounts';
import { EventStoreUnavailable, MemoryEventStore, type EventStore } from '@app/event-store';
import { compileCatalog, validateCatalog } from '@app/metering';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const NO_DEFAULT = { ...CATALOG, plans: CATALOG.plans.map((plan) => ({ ...plan, default: false })) };

let world: AggregatorWorld;
afterEach(async () => world.end());

async function startWith(catalog: unknown, store?: EventStore): Promise<void> {
  world = new AggregatorWorld(NOW_MS, store);
  await world.createTopics();
  await world.publishCatalog(catalog);
  await world.start();
}

async function send(id: string, type = 'trace.ingested'): Promise<void> {
  await world.publish([recordOf({ id, organisation: 'acme', timeMs: NOW_MS, type })]);
  await world.drained();
}

/** Ids that were charged, and reasons of those that were not, in the order of the account's stream. */
async function outcomes(): Promise<readonly string[]> {
  const { events } = await world.account('acme');
  return events.flatMap((event) => {
    if (event.type === 'UsageCharged') return event.evidence.map(({ id }) => id);
    return event.type === 'UsageQuarantined' ? event.records.map(({ reason }) => reason) : [];
  });
}

/** As the API does, in a process of its own. */
async function openAccount(organisation: string): Promise<void> {
  const { store, snapshots } = world;
  const hasher = new IdentityHasher(new Uint8Array(SECRET_BYTES));
  const accounts = new Accounts({ store, snapshots, hasher, onWarning: () => undefined });
  const validated = validateCatalog(NO_DEFAULT);
  if ('errors' in validated) throw new Error('The catalog is valid');
  const catalog = compileCatalog(validated.catalog, 1);
  const commands = new AccountCommands({ accounts, catalog: () => catalog, nowMs: () => NOW_MS });
  const command = { kind: 'OpenAccount', plan: 'pro', anchorDay: 1, openedAtMs: null, manualClockMs: null } as const;
  const request = { command, route: 'open', key: null, requestHash: '', actor: null, reason: null };
  const { kind } = await commands.execute(organisation, request);
  if (kind !== 'accepted') throw new Error(`Opening was ${kind}`);
}

/** A store in which the next reads of the catalog fail. */
class FailingCatalog extends MemoryEventStore {
  failures = 0;

  override async readStream(...given: Parameters<EventStore['readStream']>): ReturnType<EventStore['readStream']> {
    const [stream] = given;
    if (stream === 'catalog' && this.failures > 0) {
      this.failures -= 1;
      throw new EventStoreUnavailable('the catalog cannot be read');
    }
    return super.readStream(...given);
  }
}

describe('usage is not refused for the lack of', () => {
  it('a meter that was published before it was sent', async () => {
    await startWith(CATALOG);
    await send('known');
    const [card] = CATALOG.rateCards;
    const [version] = card.versions;
    const rate = { meter: 'calls', pool: 'credits', price: { model: 'unit', credits: '1', per: '1' } };
    await world.publishCatalog({
      ...CATALOG,
      meters: [...CATALOG.meters, { key: 'calls', eventType: 'api.called', aggregation: 'count' }],
      rateCards: [{ ...card, versions: [{ ...version, rates: [...version.rates, rate] }] }],
    });
    await send('new', 'api.called');
    await send('unknown', 'nobody.knows');
    expect(await outcomes()).toEqual(['known', 'new', 'UnknownEventType']);
  });

  it('an answer about the catalog: what was decided meanwhile is decided again, and charged once (I2)', async () => {
    const store = new FailingCatalog(() => new Date(NOW_MS));
    await startWith(CATALOG, store);
    await send('first');
    store.failures = 2;
    const both = [
      { id: 'known', type: 'trace.ingested' },
      { id: 'unknown', type: 'nobody.knows' },
    ];
    await world.publish(both.map((given) => recordOf({ ...given, organisation: 'acme', timeMs: NOW_MS })));
    await world.drained();
    expect(store.failures).toBe(0);
    expect(await outcomes()).toEqual(['first', 'known', 'UnknownEventType']);
  });

  it('an account that was opened before it was sent, though it was unknown earlier', async () => {
    await startWith(NO_DEFAULT);
    await send('early');
    expect(await world.organisations()).toEqual([]);
    await openAccount('acme');
    await send('unknown', 'nobody.knows');
    await send('known');
    expect(await outcomes()).toEqual(['UnknownEventType', 'known']);
  });
});
