-- $1 account, days from $2 to before $3, dimension $4 (0: totals by meter), $5 one meter or null for all.
select case when $4::integer = 0 then m.content else v.content end as value,
  sum(t.events)::bigint as events, sum(t.first_events)::bigint as first_events,
  sum(t.quantity) as quantity, sum(t.credits) as credits
from {schema}.usage_days t
join {schema}.texts m on m.id = t.meter
left join {schema}.texts v on v.id = t.value
where t.account = $1 and t.day >= $2 and t.day < $3 and t.dimension = $4::integer
  and ($5::text is null or m.content = $5::text)
group by 1
