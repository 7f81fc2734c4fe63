insert into {schema}.usage_days as kept (account, day, dimension, value, meter, events, quantity, credits)
select * from unnest(
  $1::integer[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[], $7::numeric[], $8::numeric[])
on conflict (account, dimension, day, meter, value) do update set
  events = kept.events + excluded.events, quantity = kept.quantity + excluded.quantity,
  credits = kept.credits + excluded.credits
