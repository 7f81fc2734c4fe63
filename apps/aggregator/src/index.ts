export type { AggregatorConfig, FatalFault } from './aggregator-config.js';
export { CRASH_POINTS, type CrashPoint, type CrashPointName } from './crash-points.js';
export type { AggregatorHealth, AggregatorProblem } from './health/health.js';
export { serveHealth, type HealthServer } from './health/health-server.js';
export type { Log } from './log.js';
export type { DueAccount, DueAccounts, DueQuestion } from './scheduler/due-accounts.js';
export { AGGREGATOR_SETTINGS, type AggregatorSettings } from './settings.js';
export { startAggregator, type RunningAggregator } from './start-aggregator.js';
export { topicsOf, type Topics } from './topics.js';
