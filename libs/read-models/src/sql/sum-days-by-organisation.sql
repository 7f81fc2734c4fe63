-- Days from $1 to before $2, $3 one meter or null for all.
select a.organisation as value, sum(t.events)::bigint as events, sum(t.first_events)::bigint as first_events,
  sum(t.quantity) as quantity, sum(t.credits) as credits
from {schema}.usage_days t
join {schema}.usage_accounts a on a.id = t.account
join {schema}.texts m on m.id = t.meter
where t.dimension = 0 and t.day >= $1 and t.day < $2 and ($3::text is null or m.content = $3::text)
group by 1
