insert into {schema}.cycle_meters as kept
select * from unnest(
  $1::integer[], $2::bigint[], $3::integer[], $4::integer[],
  $5::bigint[], $6::numeric[], $7::numeric[], $8::bigint[], $9::numeric[], $10::numeric[],
  $11::bigint[], $12::numeric[], $13::numeric[], $14::bigint[], $15::numeric[], $16::numeric[])
on conflict (account, cycle_start_ms, meter, pool) do update set
  events = kept.events + excluded.events, quantity = kept.quantity + excluded.quantity,
  credits = kept.credits + excluded.credits, late_events = kept.late_events + excluded.late_events,
  late_quantity = kept.late_quantity + excluded.late_quantity, late_credits = kept.late_credits + excluded.late_credits,
  adjusted_events = kept.adjusted_events + excluded.adjusted_events,
  adjusted_quantity = kept.adjusted_quantity + excluded.adjusted_quantity,
  adjusted_credits = kept.adjusted_credits + excluded.adjusted_credits,
  paid_events = kept.paid_events + excluded.paid_events, paid_quantity = kept.paid_quantity + excluded.paid_quantity,
  paid_credits = kept.paid_credits + excluded.paid_credits
