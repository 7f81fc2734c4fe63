export { EXIT, runReplay } from './run-replay.js';
export type { Environment } from './open-streams.js';
export type { Terminal } from './terminal.js';
