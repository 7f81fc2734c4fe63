-- Days from $1 to before $2, and of each the hours from $3 to before $4 (24: the whole day); $5 one meter or null for
-- all.
select a.organisation as value, sum(t.figures[4 * i - 2])::bigint as events,
  sum(t.figures[4 * i - 3])::bigint as first_events, sum(t.figures[4 * i - 1]) as quantity,
  sum(t.figures[4 * i]) as credits
from {schema}.usage_totals t
join {schema}.usage_accounts a on a.id = t.account
cross join generate_subscripts(t.meters, 1) as i
where t.day >= $1 and t.day < $2 and t.hour >= $3 and t.hour < $4 and ($5::text is null or t.meters[i] = $5::text)
group by 1
