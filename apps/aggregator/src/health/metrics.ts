import { Counter, Gauge, Registry } from 'prom-client';
import type { Partitions } from '../partitions/partitions.js';
import type { ParkedAccounts } from '../partitions/parked-accounts.js';
import type { Accounts } from '@app/accounts';
import type { Tally } from './tally.js';

interface Measured {
  readonly tally: Tally;
  readonly partitions: Partitions;
  readonly parked: ParkedAccounts;
  readonly accounts: Accounts;
}

/** Counters by the field of the tally that they show. No metric carries an organisation's data. */
const COUNTERS = {
  records: 'Records of the usage feed that were decided.',
  charged: 'Usage events charged to the current cycle.',
  late: 'Usage events charged to a cycle that had ended.',
  adjusted: 'Usage events charged as adjustments of a closed cycle.',
  duplicates: 'Usage events that were charged before.',
  quarantined: 'Records that were quarantined.',
  skipped: 'Records that were delivered again after they were decided.',
  parkedRecords: 'Records of parked accounts that were kept.',
  appends: 'Appends to account streams.',
  conflicts: 'Appends that somebody else overtook.',
  retries: 'Decisions made again after an unknown outcome or a refused window.',
  positions: 'Positions written.',
  fences: 'Partitions lost to another process.',
  closedCycles: 'Cycles closed.',
  scheduledAppends: 'Appends of the scheduler.',
} as const satisfies Partial<Record<keyof Tally, string>>;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What Prometheus reads: taken from the tally when it is asked for, so that counting costs an addition. */
export function metricsOf({ tally, partitions, parked, accounts }: Measured): Registry {
  const registry = new Registry();
  const registers = [registry];
  for (const [field, help] of Object.entries(COUNTERS) as [keyof typeof COUNTERS, string][]) {
    const counter = new Counter({
      name: `creditfold_aggregator_${snakeCase(field)}_total`,
      help,
      registers,
      collect: () => {
        counter.reset();
        counter.inc(tally[field]);
      },
    });
  }
  gauge(registry, { name: 'parked_accounts', help: 'Accounts that cannot be decided.', read: () => parked.count });
  gauge(registry, { name: 'cached_accounts', help: 'Accounts in memory.', read: () => accounts.cached.accounts });
  gauge(registry, { name: 'cached_bytes', help: 'Estimated bytes of accounts.', read: () => accounts.cached.bytes });
  const labelNames = ['topic', 'partition'];
  const lag = new Gauge({
    name: 'creditfold_aggregator_lag_records',
    help: 'Records that wait in a partition, as of the last fetch.',
    registers,
    labelNames,
    collect: () => {
      lag.reset();
      for (const { stream, lag: waiting } of partitions.owned) {
        const { topic, partition } = stream.partition;
        lag.set({ topic, partition }, Number(waiting));
      }
    },
  });
  return registry;
}

function gauge(registry: Registry, of: { name: string; help: string; read: () => number }): void {
  const created: Gauge = new Gauge({
    name: `creditfold_aggregator_${of.name}`,
    help: of.help,
    registers: [registry],
    collect: () => created.set(of.read()),
  });
}
