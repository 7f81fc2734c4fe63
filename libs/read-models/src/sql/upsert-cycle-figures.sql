insert into {schema}.cycle_figures (organisation, cycle_start_ms, pool, cycle_end_ms, opening, granted, refunded,
  adjusted, used, expired, closing, closed)
select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::numeric[], $6::numeric[], $7::numeric[],
  $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::boolean[])
on conflict (organisation, cycle_start_ms, pool) do update set
  cycle_end_ms = excluded.cycle_end_ms, opening = excluded.opening, granted = excluded.granted,
  refunded = excluded.refunded, adjusted = excluded.adjusted, used = excluded.used, expired = excluded.expired,
  closing = excluded.closing, closed = excluded.closed
