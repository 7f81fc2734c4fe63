-- The segments' bytes lie behind each other in $7, sums behind data: a driver would send an array of them as text,
-- twice as long. $3 where each begins, $4 and $5 the lengths of data and sums (0: there are none).
insert into {schema}.usage_segments (account, day, sequence, level, data, sums)
select given.account, given.day, $6::bigint, 0,
  substring($7::bytea from given.starts_at for given.data_length),
  case when given.sums_length > 0
    then substring($7::bytea from given.starts_at + given.data_length for given.sums_length) end
from unnest($1::integer[], $2::integer[], $3::integer[], $4::integer[], $5::integer[])
  as given (account, day, starts_at, data_length, sums_length)
