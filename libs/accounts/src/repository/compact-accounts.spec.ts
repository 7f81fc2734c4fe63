import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, MemorySnapshotStore } from '@app/event-store';
import fc from 'fast-check';
import { IdentityHasher } from '../identities/identity-hasher.js';
import { writeTagged } from '../snapshots/tagged-json.js';
import { FaultyEventStore, type AppendFault } from '../testing/faulty-event-store.js';
import { smallCatalog } from '../testing/small-catalog.js';
import { foldUsage } from '../testing/usage-decider.js';
import { Accounts } from './accounts.js';
import type { LoadedAccount } from './loaded-account.js';

const START = Date.parse('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;
/** Room for all accounts when all but one are compact, and for half of them when none is. */
const CACHED_BYTES_MAX = 40_000;

const catalog = smallCatalog();
const hasher = new IdentityHasher(new Uint8Array(32).fill(7));
const organisations = Array.from({ length: 12 }, (_, index) => `org-${index}`);
const stateText = ({ state }: LoadedAccount): string => writeTagged({ ...state, owned: null });

interface Batch {
  readonly organisation: string;
  readonly ids: readonly number[];
  readonly project: string | undefined;
  readonly fault: AppendFault;
}

const batch: fc.Arbitrary<Batch> = fc.record({
  organisation: fc.constantFrom(...organisations),
  ids: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 5 }),
  project: fc.constantFrom('one', 'two', undefined),
  fault: fc.constantFrom('none', 'none', 'none', 'before-commit', 'after-commit'),
});

async function foldAndCompare(batches: readonly Batch[]): Promise<void> {
  const store = new FaultyEventStore(new MemoryEventStore());
  const parts = { store, hasher, onWarning: () => undefined };
  const limits = { cachedBytesMax: CACHED_BYTES_MAX, snapshotsWaitingMax: 0 };
  const accounts = new Accounts({ ...parts, snapshots: new MemorySnapshotStore(), limits });
  const charged = new Set<string>();
  let offset = 0n;
  for (const { organisation, ids, project, fault } of batches) {
    store.faults.push(fault);
    const usage = ids.map((id) => {
      charged.add(`${organisation}/${id}`);
      const event = { offset: (offset += 1n), id: `${id}`, timeMs: START + id * HOUR };
      return project === undefined ? event : { ...event, project };
    });
    await foldUsage({ accounts, organisation, catalog, nowMs: START + 24 * HOUR }, usage);
    store.faults.length = 0;
  }
  const fresh = new Accounts({ ...parts, snapshots: new MemorySnapshotStore() });
  let identities = 0;
  for (const organisation of organisations) {
    const account = await accounts.load(organisation);
    identities += account.identities.size;
    expect(stateText(account)).toBe(stateText(await fresh.load(organisation)));
  }
  expect(identities).toBe(charged.size);
  expect(accounts.cached.bytes).toBeLessThanOrEqual(CACHED_BYTES_MAX);
}

describe('I6: whether an account is compact affects cost, never meaning', () => {
  it('folds and knows the same as a process that reads the streams', async () => {
    const batches = fc.array(batch, { minLength: 20, maxLength: 60 });
    await fc.assert(fc.asyncProperty(batches, foldAndCompare), { numRuns: 20 });
  });
});
