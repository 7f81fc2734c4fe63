-- $1 account, days from $2 to before $3, dimension $4 (0: totals), $5 one meter or null for all, $6 one value or null
-- for all; $7 true: a row a day, else one for all of them (day $2).
select case when $7::boolean then t.day else $2::integer end as day, m.content as meter, v.content as value,
  sum(t.events)::bigint as events, sum(t.first_events)::bigint as first_events,
  sum(t.quantity) as quantity, sum(t.credits) as credits
from {schema}.usage_days t
join {schema}.texts m on m.id = t.meter
left join {schema}.texts v on v.id = t.value
where t.account = $1 and t.day >= $2 and t.day < $3 and t.dimension = $4::integer
  and ($5::text is null or m.content = $5::text)
  and ($6::text is null or v.content = $6::text)
group by 1, 2, 3
