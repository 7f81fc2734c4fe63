insert into {schema}.usage_days as kept (account, day, dimension, value, meter, first_events, events, quantity, credits)
select * from unnest(
  $1::integer[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[], $7::bigint[],
  $8::numeric[], $9::numeric[])
on conflict (account, dimension, day, meter, value) do update set
  first_events = kept.first_events + excluded.first_events, events = kept.events + excluded.events,
  quantity = kept.quantity + excluded.quantity, credits = kept.credits + excluded.credits
