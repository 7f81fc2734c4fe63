-- Account days to merge: $1 whose day is closed (before day $1) and not in one segment, or with $2 segments of one level.
select account, day, case when day < $1::integer then null else level end as level
from {schema}.usage_segments
where level < 100
group by account, day, case when day < $1::integer then null else level end
having day < $1::integer or count(*) >= $2::integer
order by day, account
limit $3
