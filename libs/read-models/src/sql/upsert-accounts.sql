-- A row is always newer than what is there: the checkpoint of the same transaction says so.
insert into {schema}.accounts (organisation, key_hash, plan, state, clock, revision, ledger_time_ms, opened_position,
  next_instant_ms, closable_ms, fault, statuses, wallet)
select given.organisation, given.key_hash, given.plan, given.state, given.clock, given.revision, given.ledger_time_ms,
  given.opened_position, given.next_instant_ms, given.closable_ms, given.fault, given.statuses::text[], given.wallet
from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
  $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[])
  as given (organisation, key_hash, plan, state, clock, revision, ledger_time_ms, opened_position, next_instant_ms,
    closable_ms, fault, statuses, wallet)
on conflict (organisation) do update set
  plan = excluded.plan, state = excluded.state, clock = excluded.clock, revision = excluded.revision,
  ledger_time_ms = excluded.ledger_time_ms, next_instant_ms = excluded.next_instant_ms,
  closable_ms = excluded.closable_ms, statuses = excluded.statuses,
  wallet = excluded.wallet, fault = excluded.fault
