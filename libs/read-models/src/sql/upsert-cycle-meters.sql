insert into {schema}.cycle_meters as kept (account, cycle_start_ms,
  events, quantity, credits, late_events, late_quantity, late_credits,
  adjusted_events, adjusted_quantity, adjusted_credits, paid_events, paid_quantity, paid_credits, meter, pool)
select * from unnest(
  $1::integer[], $2::bigint[],
  $3::bigint[], $4::numeric[], $5::numeric[], $6::bigint[], $7::numeric[], $8::numeric[],
  $9::bigint[], $10::numeric[], $11::numeric[], $12::bigint[], $13::numeric[], $14::numeric[],
  $15::text[], $16::text[])
on conflict (account, cycle_start_ms, meter, pool) do update set
  events = kept.events + excluded.events, quantity = kept.quantity + excluded.quantity,
  credits = kept.credits + excluded.credits, late_events = kept.late_events + excluded.late_events,
  late_quantity = kept.late_quantity + excluded.late_quantity, late_credits = kept.late_credits + excluded.late_credits,
  adjusted_events = kept.adjusted_events + excluded.adjusted_events,
  adjusted_quantity = kept.adjusted_quantity + excluded.adjusted_quantity,
  adjusted_credits = kept.adjusted_credits + excluded.adjusted_credits,
  paid_events = kept.paid_events + excluded.paid_events, paid_quantity = kept.paid_quantity + excluded.paid_quantity,
  paid_credits = kept.paid_credits + excluded.paid_credits
