-- $1 rows as JSON. A row is always newer than what is there: the checkpoint of the same transaction says so.
insert into {schema}.accounts
select * from json_populate_recordset(null::{schema}.accounts, $1::json)
on conflict (organisation) do update set
  plan = excluded.plan, state = excluded.state, clock = excluded.clock, revision = excluded.revision,
  ledger_time_ms = excluded.ledger_time_ms, next_instant_ms = excluded.next_instant_ms,
  closable_ms = excluded.closable_ms, statuses = excluded.statuses,
  wallet = excluded.wallet, fault = excluded.fault
