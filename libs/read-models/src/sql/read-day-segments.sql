-- $3 one level, or null for all levels.
select sequence, level, data
from {schema}.usage_segments
where account = $1 and day = $2 and ($3::smallint is null or level = $3::smallint)
order by sequence
limit $4
