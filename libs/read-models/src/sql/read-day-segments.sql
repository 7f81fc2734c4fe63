-- The segments of account $1 and day $2 to merge, of level $3 or (null) of all: no more than $5 bytes, but one at least,
-- and none of $4 bytes or more that was merged already. Those that were not come first.
select sequence, level, data
from (
  select sequence, level, data,
    sum(octet_length(data)) over (order by level >= 100, sequence) - octet_length(data) as bytes_before
  from {schema}.usage_segments
  where account = $1 and day = $2 and ($3::smallint is null or level = $3::smallint)
    and (level < 100 or octet_length(data) < $4)
) as candidates
where bytes_before < $5
order by sequence
