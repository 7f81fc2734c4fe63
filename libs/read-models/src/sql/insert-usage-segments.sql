-- The segments' bytes lie behind each other in $5: a driver would send an array of them as text, twice as long.
insert into {schema}.usage_segments (account, day, sequence, level, data)
select given.account, given.day, $3::bigint, 0, substring($5::bytea from given.starts_at for given.length)
from unnest($1::integer[], $2::integer[], $4::integer[], $6::integer[]) as given (account, day, starts_at, length)
