import { Accounts, accountStream, IdentityHasher, loadOrCreateSecret } from '@app/accounts';
import { MemorySnapshotStore, type EventStore } from '@app/event-store';
import { applyEvent, cloneForDecision, type AccountEvent } from '@app/metering';
import pg from 'pg';

/** Turns one bit of an account's newest event; a second time turns it back. */
export async function flipBit(databaseUrl: string, organisation: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // What keeps streams append-only is a trigger: whoever owns the database can still do it.
    await client.query('set session_replication_role = replica');
    const { rowCount } = await client.query(
      `update creditfold_events.events set data = set_byte(data, length(data) - 9, get_byte(data, length(data) - 9) # 1)
       where position = (select max(e.position) from creditfold_events.events e
         join creditfold_events.streams s on s.id = e.stream_id where s.name = $1)`,
      [accountStream(organisation)],
    );
    if (rowCount !== 1) throw new Error(`${organisation} has no events`);
  } finally {
    await client.end();
  }
}

/** Appends an event that no command made: it folds, and its stream verifies. */
export async function appendByHand(store: EventStore, organisation: string, event: AccountEvent): Promise<void> {
  const hasher = new IdentityHasher(await loadOrCreateSecret(store, event.atMs));
  const accounts = new Accounts({ store, snapshots: new MemorySnapshotStore(), hasher, onWarning: () => undefined });
  const account = await accounts.load(organisation);
  const draft = cloneForDecision(account.state);
  applyEvent(draft, event, account.revision + 1n);
  const [outcome] = await accounts.append([accounts.seal({ account, draft, events: [event] })]);
  if (outcome?.kind !== 'appended') throw new Error('somebody else was faster');
}
