insert into {schema}.usage_totals as kept (account, day, hour, first_events, events, quantity, credits, meter)
select * from unnest(
  $1::integer[], $2::integer[], $3::smallint[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::text[])
on conflict (account, day, hour, meter) do update set
  first_events = kept.first_events + excluded.first_events, events = kept.events + excluded.events,
  quantity = kept.quantity + excluded.quantity, credits = kept.credits + excluded.credits
