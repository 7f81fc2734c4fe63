import kafkajs, { type logCreator } from 'kafkajs';

/** The same is said again after this at the earliest. */
const REPEAT_MS = 1_000;
const REMEMBERED_MAX = 100;

/**
 * Hands on what the client has to say, once a second: it says the same for every request of every partition. What it
 * calls an error it mostly mends by itself, as every change of the group; what it does not becomes an error of ours.
 */
export function clientLog(log: (message: string) => void): logCreator {
  const saidAt = new Map<string, number>();
  return () =>
    ({ level, log: entry }) => {
      if (level > kafkajs.logLevel.WARN) return;
      const error: unknown = entry['error'];
      const message = typeof error === 'string' ? `${entry.message}: ${error}` : entry.message;
      const nowMs = performance.now();
      if (nowMs - (saidAt.get(message) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      if (saidAt.size >= REMEMBERED_MAX) saidAt.clear();
      saidAt.set(message, nowMs);
      log(message);
    };
}
