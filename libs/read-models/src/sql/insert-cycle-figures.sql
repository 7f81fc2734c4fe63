-- A cycle is closed once.
insert into {schema}.cycle_figures (organisation, cycle_start_ms, pool, cycle_end_ms, opening, granted, refunded,
  adjusted, used, expired, closing)
select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::numeric[], $6::numeric[], $7::numeric[],
  $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[])
on conflict (organisation, cycle_start_ms, pool) do nothing
