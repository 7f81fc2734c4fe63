-- $1 organisation; type, pool, from, to and project when given; after (revision, index) when given; $9 rows at most.
select revision, index, type, pool, amount, balance_after, at_ms, recorded_at, actor, reason, cause, cycle_start_ms,
  project, session, grant_id, lines
from {schema}.ledger_entries
where organisation = $1
  and ($2::text is null or type = $2)
  and ($3::text is null or pool = $3)
  and ($4::bigint is null or at_ms >= $4)
  and ($5::bigint is null or at_ms < $5)
  and ($6::text is null or $6::text = any (projects))
  and ($7::bigint is null or (revision, index) < ($7::bigint, $8::integer))
order by revision desc, index desc
limit $9
