select account, day, hour, t.meters, t.figures::text[] as figures
from unnest($1::integer[], $2::integer[], $3::integer[]) as wanted (account, day, hour)
join {schema}.usage_totals t using (account, day, hour)
