-- $1 partition, $2 first offset, $3 records at most, $4 octets at most, $5 rows at most. One statement, one snapshot.
with sized as (
  select last_offset,
    greatest(0, sum(records_count) over through - records_count) as records_before,
    sum(octets) over through - octets as octets_before
  from (
    select last_offset, records_count, octets
    from creditfold_feed.record_batches
    where partition_id = $1 and last_offset >= $2::bigint
    order by last_offset
    limit $5
  ) as candidates
  window through as (order by last_offset)
)
select kept.start_offset, kept.next_offset, found.last_offset, found.records_count, found.base_timestamp_ms, found.records
from creditfold_feed.partitions as kept
left join lateral (
  select batch.last_offset, batch.records_count, batch.base_timestamp_ms, batch.records
  from sized join creditfold_feed.record_batches as batch
    on batch.partition_id = kept.id and batch.last_offset = sized.last_offset
  where sized.records_before < $3 and sized.octets_before < $4
) as found on true
where kept.id = $1
order by found.last_offset
