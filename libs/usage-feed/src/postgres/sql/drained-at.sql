-- $1 partitions, $2 the end of each that was read. In the order of their ids, as publishers lock them: who waits here
-- waits for an append that is under way, and later appends get no earlier timestamp.
with idle as materialized (
  select kept.id
  from creditfold_feed.partitions as kept
  join unnest($1::integer[], $2::bigint[]) as given (id, next_offset)
    on given.id = kept.id and given.next_offset = kept.next_offset
  order by kept.id
  for update of kept
)
update creditfold_feed.partitions as kept
set last_timestamp_ms = greatest(last_timestamp_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
from idle
where kept.id = idle.id
returning kept.id, kept.next_offset, kept.last_timestamp_ms
