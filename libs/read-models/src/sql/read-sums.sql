-- $1 account, days from $2 to before $3: usage by one dimension at a time, or all of it where there is little.
select day, sequence, coalesce(sums, data) as data
from {schema}.usage_segments
where account = $1 and day >= $2 and day < $3 and (day, sequence) > ($4, $5)
order by day, sequence
limit $6
