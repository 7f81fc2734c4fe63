insert into {schema}.ledger_entries (organisation, revision, index, type, pool, amount, balance_after, at_ms,
  recorded_at, actor, reason, cause, cycle_start_ms, project, session, grant_id, projects, lines)
select given.organisation, given.revision, given.index, given.type, given.pool, given.amount, given.balance_after,
  given.at_ms, given.recorded_at, given.actor, given.reason, given.cause, given.cycle_start_ms, given.project,
  given.session, given.grant_id, given.projects::text[], given.lines
from unnest($1::text[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::bigint[],
  $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::text[],
  $17::text[], $18::bytea[])
  as given (organisation, revision, index, type, pool, amount, balance_after, at_ms, recorded_at, actor, reason, cause,
    cycle_start_ms, project, session, grant_id, projects, lines)
