-- $1 account, whole days from $2 to before $3, $4 one meter or null for all; $5 true: a row a day, else one for all of
-- them (day $2).
select case when $5::boolean then day else $2::integer end as day, meter,
  sum(events)::bigint as events, sum(first_events)::bigint as first_events,
  sum(quantity) as quantity, sum(credits) as credits
from {schema}.usage_totals
where account = $1 and day >= $2 and day < $3 and hour = 24 and ($4::text is null or meter = $4::text)
group by 1, 2
