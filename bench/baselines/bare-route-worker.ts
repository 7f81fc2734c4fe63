import { parentPort, workerData } from 'node:worker_threads';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Pool } from 'pg';

/** Fastify as the adapter makes it, without Nest: one route, one prepared statement. */
const pool = new Pool({ connectionString: String(workerData), max: 8 });
const fastify = new FastifyAdapter().getInstance();

fastify.get<{ Params: { organisation: string } }>('/balances/:organisation', ({ params: { organisation } }) =>
  pool
    .query<{ used: string }>({
      name: 'balance',
      text: 'select used from bench.balances where organisation = $1',
      values: [organisation],
    })
    .then(({ rows }) => ({ organisation, used: rows[0]?.used })),
);

parentPort?.postMessage(await fastify.listen({ port: 0, host: '127.0.0.1' }), []);
