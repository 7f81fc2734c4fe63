with trimmed as (
  delete from creditfold_feed.record_batches
  where partition_id = $1 and last_offset < $2::bigint
    and last_offset < coalesce((
      select min(last_offset)
      from creditfold_feed.record_batches
      where partition_id = $1
        and appended_at_ms >= floor(extract(epoch from clock_timestamp()) * 1000)::bigint - $3::bigint
    ), $2::bigint)
  returning last_offset
)
update creditfold_feed.partitions
set start_offset = greatest(start_offset, (select max(last_offset) + 1 from trimmed))
where id = $1 and exists (select from trimmed)
