select account, cycle_start_ms, t.meters
from unnest($1::integer[], $2::bigint[]) as wanted (account, cycle_start_ms)
join {schema}.cycle_meters t using (account, cycle_start_ms)
