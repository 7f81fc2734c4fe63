insert into {schema}.usage_accounts (organisation, revision, ledger_time_ms, cycle_start_ms, cycle_end_ms, fault)
select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
on conflict (organisation) do update set
  revision = excluded.revision, ledger_time_ms = excluded.ledger_time_ms, cycle_start_ms = excluded.cycle_start_ms,
  cycle_end_ms = excluded.cycle_end_ms, fault = excluded.fault
returning id, organisation
