insert into {schema}.cycle_figures
select * from json_populate_recordset(null::{schema}.cycle_figures, $1::json)
on conflict (organisation, cycle_start_ms, pool) do update set
  cycle_end_ms = excluded.cycle_end_ms, opening = excluded.opening, granted = excluded.granted,
  refunded = excluded.refunded, adjusted = excluded.adjusted, used = excluded.used, expired = excluded.expired,
  closing = excluded.closing, closed = excluded.closed
