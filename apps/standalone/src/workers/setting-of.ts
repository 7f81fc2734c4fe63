import type { WorkerEnvironment } from './worker-protocol.js';

/** A setting that the supervisor has resolved; its absence is a fault of the program. */
export function settingOf(env: WorkerEnvironment, name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`the supervisor gave no ${name}`);
  return value;
}
