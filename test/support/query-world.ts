import { MemoryEventStore } from '@app/event-store';
import type { TestPostgres } from '@app/postgres/testing';
import { createRunner, Queries, ReadModels, type WindowLimits } from '@app/read-models';
import type { Line } from './charge-lines.js';

const nanosOf = (amount: number): bigint => BigInt(Math.round(amount * 1e9));

/** Runs a test on queries over an empty store, which `project` projects to its end. */
export async function withQueries(
  server: TestPostgres,
  test: (queries: Queries, store: MemoryEventStore, project: () => Promise<void>) => Promise<void>,
  limits: Partial<WindowLimits> = {},
) {
  const store = new MemoryEventStore(() => new Date(Date.UTC(2026, 10, 1)));
  const models = await ReadModels.connect({ url: await server.createDatabase(), name: 'test' });
  const project = async (): Promise<void> => {
    for (const generation of await models.generations.allLive())
      await createRunner({ generations: models.generations, store, generation, lease: null, limits }).runToEnd();
  };
  try {
    await test(new Queries({ models, store }), store, project);
  } finally {
    await models.close();
  }
}

/** A meter line of so many credits. */
export const line = (
  usageTimeMs: number,
  amount: number,
  dimensions: Record<string, string>,
  meter = 'input-tokens',
): Line => ({
  meter,
  usageTimeMs,
  quantityNanos: nanosOf(amount * 2000),
  creditsNanos: nanosOf(amount),
  dimensions,
});
