-- $1 account, whole days from $2 to before $3, $4 one meter or null for all; $5 true: a row a day, else one for all of
-- them (day $2).
select case when $5::boolean then day else $2::integer end as day, t.meters[i] as meter,
  sum(t.figures[4 * i - 2])::bigint as events, sum(t.figures[4 * i - 3])::bigint as first_events,
  sum(t.figures[4 * i - 1]) as quantity, sum(t.figures[4 * i]) as credits
from {schema}.usage_totals t
cross join generate_subscripts(t.meters, 1) as i
where account = $1 and day >= $2 and day < $3 and hour = 24 and ($4::text is null or t.meters[i] = $4::text)
group by 1, 2
