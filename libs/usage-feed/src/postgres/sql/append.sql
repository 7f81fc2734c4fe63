-- $1 the rows' bytes one after the other; $2 partition, $3 records and $4 octets of each row, in order.
with given as materialized (
  select partition_id, records_count, octets, ordinal,
    (sum(octets) over (order by ordinal) - octets)::integer as starts_at,
    sum(records_count) over (partition by partition_id order by ordinal)::bigint as records_through
  from unnest($2::integer[], $3::integer[], $4::integer[]) with ordinality
    as input (partition_id, records_count, octets, ordinal)
), locked as materialized (
  -- In the order of their ids, so that two publishers never wait for each other in a circle.
  select id, next_offset, last_timestamp_ms, has_append_time
  from creditfold_feed.partitions
  where id = any ($2::integer[])
  order by id
  for update
), stamped as materialized (
  -- Read under the lock, so that timestamps follow the order of offsets.
  select id, next_offset, has_append_time,
    greatest(last_timestamp_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now_ms
  from locked
), inserted as (
  insert into creditfold_feed.record_batches
    (partition_id, last_offset, records_count, octets, base_timestamp_ms, appended_at_ms, records)
  select stamped.id, stamped.next_offset + given.records_through - 1, given.records_count, given.octets,
    case when stamped.has_append_time then stamped.now_ms else 0 end, stamped.now_ms,
    substring($1::bytea from given.starts_at + 1 for given.octets)
  from given join stamped on stamped.id = given.partition_id
), totals as (
  select partition_id, max(records_through) as records_total from given group by partition_id
), moved as (
  update creditfold_feed.partitions as kept
  set next_offset = stamped.next_offset + totals.records_total, last_timestamp_ms = stamped.now_ms
  from stamped join totals on totals.partition_id = stamped.id
  where kept.id = stamped.id
)
select id, next_offset as base_offset, now_ms, (select pg_notify('creditfold_feed', $5::text) is null) as was_notified
from stamped
