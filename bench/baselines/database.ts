import { Client } from 'pg';

/** Runs `work` on connections to the service's own Postgres, in a schema of the benchmark's; the schema goes with it. */
export async function onDatabase<T>(
  url: string,
  connections: number,
  work: (clients: readonly Client[]) => Promise<T>,
): Promise<T> {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const [first] = clients;
  try {
    await first?.query('create schema if not exists bench');
    return await work(clients);
  } finally {
    await first?.query('drop schema if exists bench cascade');
    await Promise.all(clients.map((client) => client.end()));
  }
}
