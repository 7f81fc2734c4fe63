-- Rows as they are from now on.
insert into {schema}.cycle_meters (account, cycle_start_ms, meters)
select * from unnest($1::integer[], $2::bigint[], $3::text[])
on conflict (account, cycle_start_ms) do update set meters = excluded.meters
