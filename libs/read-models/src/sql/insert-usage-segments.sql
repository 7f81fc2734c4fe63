insert into {schema}.usage_segments (account, day, sequence, level, data, sums)
select given.account, given.day, $3::bigint, 0, given.data, given.sums
from unnest($1::integer[], $2::integer[], $4::bytea[], $5::bytea[]) as given (account, day, data, sums)
