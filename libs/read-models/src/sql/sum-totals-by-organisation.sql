-- Days from $1 to before $2, and of each the hours from $3 to before $4 (24: the whole day); $5 one meter or null for
-- all.
select a.organisation as value, sum(t.events)::bigint as events, sum(t.first_events)::bigint as first_events,
  sum(t.quantity) as quantity, sum(t.credits) as credits
from {schema}.usage_totals t
join {schema}.usage_accounts a on a.id = t.account
where t.day >= $1 and t.day < $2 and t.hour >= $3 and t.hour < $4 and ($5::text is null or t.meter = $5::text)
group by 1
