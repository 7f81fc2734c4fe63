-- Rows as they are from now on. Their texts lie behind each other in $5: $3 where each begins, $4 its length.
insert into {schema}.cycle_meters (account, cycle_start_ms, meters)
select given.account, given.cycle_start_ms,
  convert_from(substring($5::bytea from given.starts_at for given.length), 'UTF8')
from unnest($1::integer[], $2::bigint[], $3::integer[], $4::integer[])
  as given (account, cycle_start_ms, starts_at, length)
on conflict (account, cycle_start_ms) do update set meters = excluded.meters
