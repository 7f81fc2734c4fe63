import { randomUUID } from 'node:crypto';
import {
  Accounts,
  ACCOUNTS_LIMITS,
  CatalogStream,
  FeedStreams,
  IdentityHasher,
  loadOrCreateSecret,
  UnparkRequests,
  type OnWarning,
} from '@app/accounts';
import type { FeedAlarm, TopicPartition } from '@app/usage-feed';
import type { AggregatorConfig } from './aggregator-config.js';
import { NO_CRASH } from './crash-points.js';
import { AccountDecider } from './deciding/account-decider.js';
import { AccountLocks } from './deciding/account-locks.js';
import { AppendWindow } from './deciding/append-window.js';
import { DecidingGate } from './deciding/deciding-gate.js';
import { Permits } from './deciding/permits.js';
import { crashing } from './deciding/process-abandoned.js';
import { ClockCheck } from './health/clock-check.js';
import { Tally } from './health/tally.js';
import { describeError } from './log.js';
import { FeedOverview } from './partitions/feed-overview.js';
import { KeptRecords } from './partitions/kept-records.js';
import { ParkedAccounts } from './partitions/parked-accounts.js';
import { Partitions } from './partitions/partitions.js';
import { Unparking } from './partitions/unparking.js';
import { Scheduler } from './scheduler/scheduler.js';
import { AGGREGATOR_SETTINGS, batchLimitsFor } from './settings.js';
import { topicsOf } from './topics.js';

/** What the parts of an aggregator tell whoever composed them. */
export interface CompositionHooks {
  readonly signal: AbortSignal;
  readonly onFailed: (error: unknown) => void;
  readonly onAlarm: (alarm: FeedAlarm) => void;
  readonly hintPosition: (partition: TopicPartition, nextOffset: bigint) => void;
}

export type AggregatorParts = Awaited<ReturnType<typeof composeAggregator>>;

/** Makes the parts of an aggregator and joins them; nothing runs yet. @throws {EventStoreUnavailable} */
export async function composeAggregator(config: AggregatorConfig, hooks: CompositionHooks) {
  const { store, snapshots, feed, log } = config;
  const { signal, onFailed: onFatal } = hooks;
  const nowMs = config.nowMs ?? Date.now;
  const { cachedBytesMax = ACCOUNTS_LIMITS.cachedBytesMax } = config.accountsLimits ?? {};
  const settings = { ...AGGREGATOR_SETTINGS, ...batchLimitsFor(cachedBytesMax), ...config.settings };
  const crashPoint = crashing(config.crashPoint ?? NO_CRASH);
  const topics = topicsOf(config.topic);
  // Different for every start of every process: two writers never make equal events.
  const process = randomUUID();
  const onWarning: OnWarning = (message, error, stream) => log.warn({ ...describeError(error), stream }, message);
  const hasher = new IdentityHasher(await loadOrCreateSecret(store, nowMs()));
  const accounts = new Accounts({ store, snapshots, hasher, onWarning, limits: config.accountsLimits ?? {} });
  const streams = new FeedStreams({ store, snapshots, process, onWarning });
  const catalogs = new CatalogStream(store, nowMs);
  const clock = new ClockCheck({ store, nowMs, skewMaxMs: settings.clockSkewMaxMs, log });
  const tally = new Tally();
  const gate = new DecidingGate({ catalogs, clock, nowMs, settings, signal, log });
  const locks = new AccountLocks();
  const window = new AppendWindow(accounts, settings, crashPoint);
  const parked = new ParkedAccounts();
  const deciding = { accounts, locks, window, gate, tally, nowMs, settings, signal, crashPoint };
  const decider = new AccountDecider(deciding);
  const partitions = new Partitions({
    feed,
    topics,
    decider,
    parked,
    hasher,
    tally,
    log,
    nowMs,
    settings,
    crashPoint,
    onFatal,
    streams,
    prepared: new Permits(settings.preparedBatchesMax),
    hintPosition: hooks.hintPosition,
    streamParts: { store, streams, process, nowMs, settings, signal },
    onAlarm: hooks.onAlarm,
  });
  const overview = new FeedOverview({ feed, topics, streams, partitions, parked });
  const requests = new UnparkRequests({ store, streams, topic: config.topic });
  const kept = new KeptRecords({ store, feed });
  const unparking = new Unparking({
    feed,
    topics,
    partitions,
    parked,
    requests,
    kept,
    accounts,
    catalogs,
    nowMs,
    log,
    crashPoint,
  });
  const scheduler = new Scheduler({
    ...deciding,
    unparking,
    partitions,
    overview,
    parked,
    log,
    onFatal,
    dueAccounts: config.dueAccounts,
    liveTopic: topics.live,
  });
  return { accounts, catalogs, clock, gate, parked, partitions, scheduler, settings, tally, topics };
}
