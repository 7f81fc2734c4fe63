import { perSecond, timed, WrongTotal } from '../figure.js';
import type { Delivery } from '../load/usage-load.js';
import { onDatabase } from './database.js';

const CONNECTIONS = 16;

const TABLES = `
  create table bench.charged (id text primary key, organisation text not null, credits numeric not null);
  create table bench.balances (organisation text primary key, used numeric not null)`;

/** One statement, one commit: as kind to this way as it gets. */
const CHARGE = `
  with charged as (
    insert into bench.charged (id, organisation, credits) values ($1, $2, $3) on conflict do nothing returning credits
  )
  insert into bench.balances as balance (organisation, used) select $2, credits from charged
  on conflict (organisation) do update set used = balance.used + excluded.used`;

/**
 * What most would write first: insert with a unique id, upsert the balance, event by event, prepared, on 16 connections.
 * It rates nothing, keeps no evidence and has no read models. Events a second, redeliveries included.
 */
export async function perEventSql(url: string, deliveries: readonly Delivery[]): Promise<number> {
  const charges = deliveries.map(({ organisation, text }) => [idOf(text), organisation, '0.5'] as const);
  return onDatabase(url, CONNECTIONS, async (clients) => {
    await clients[0]?.query(TABLES);
    let next = 0;
    const ms = await timed(() =>
      Promise.all(
        clients.map(async (client) => {
          for (let charge = charges[next++]; charge !== undefined; charge = charges[next++])
            await client.query({ name: 'charge', text: CHARGE, values: [...charge] });
        }),
      ),
    );
    const found = await clients[0]?.query<{ readonly used: string }>(
      'select sum(used) * 2 as used from bench.balances',
    );
    const [charged, wanted] = [Number(found?.rows[0]?.used), new Set(charges.map(([id]) => id)).size];
    if (charged !== wanted) throw new WrongTotal(`the SQL baseline charged ${charged} events, not ${wanted}`);
    return perSecond(charges.length, ms);
  });
}

const idOf = (text: string): string => (JSON.parse(text) as { readonly id: string }).id;
