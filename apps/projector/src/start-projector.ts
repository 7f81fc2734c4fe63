import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Projector, type ProjectorHealth } from './projector.js';
import { collectDefaultMetrics } from 'prom-client';
import type { ProjectorConfig } from './projector-config.js';
import { ProjectorModule } from './projector.module.js';

export interface RunningProjector {
  /** Finishes the windows under way and lets another projector take over. */
  stop(): Promise<void>;
  health(): ProjectorHealth;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
}

export interface ServedProjector extends RunningProjector {
  /** The port that was taken. */
  readonly port: number;
}

/** Keeps the read models up to date until it is stopped. */
export async function startProjector(config: ProjectorConfig): Promise<RunningProjector> {
  const app = await NestFactory.createApplicationContext(ProjectorModule.of(config, { servesHealth: false }), {
    logger: false,
    abortOnError: false,
  });
  return runningOf(app);
}

/** As `startProjector`, with `/health/live`, `/health/ready` and `/metrics` (the process's own as well) on a port (0: any free one). */
export async function serveProjector(
  config: ProjectorConfig,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<ServedProjector> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ProjectorModule.of(config, { servesHealth: true }),
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  collectDefaultMetrics({ register: app.get(Projector).metrics.registry });
  await app.listen(port, host);
  const address: unknown = app.getHttpServer().address();
  return { ...runningOf(app), port: (address as { port: number }).port };
}

function runningOf(app: INestApplicationContext): RunningProjector {
  const projector = app.get(Projector);
  return {
    stop: () => app.close(),
    health: () => projector.health,
    metrics: () => projector.metrics.registry.metrics(),
  };
}
