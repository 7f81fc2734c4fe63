import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { AggregatorHealth } from './health.js';

interface Probed {
  readonly health: () => AggregatorHealth;
  readonly metrics: () => Promise<string>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `/health/live`, `/health/ready` and `/metrics` (the process's own as well) of a process that serves nothing else. */
export async function serveHealth(aggregator: Probed, listen: { port: number; host: string }): Promise<HealthServer> {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  const probed: Probed = {
    health: aggregator.health,
    metrics: async () => `${await ofProcess.metrics()}\n${await aggregator.metrics()}`,
  };
  const server = createServer((request, response) => {
    answer(probed, request, response).catch(() => {
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return { port: portOf(server), close: () => closeServer(server) };
}

async function answer(probed: Probed, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  switch (request.url ?? '') {
    case '/health/live':
      sendJson(response, 200, { status: 'ok' });
      return;
    case '/health/ready': {
      const health = probed.health();
      sendJson(response, health.isReady ? 200 : 503, { status: health.isReady ? 'ok' : 'unavailable', ...health });
      return;
    }
    case '/metrics':
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(await probed.metrics());
      return;
    default:
      sendJson(response, 404, { status: 'not found' });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
