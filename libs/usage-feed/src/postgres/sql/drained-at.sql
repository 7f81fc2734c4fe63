-- The update waits for an append that is under way, and keeps later appends from an earlier timestamp.
update creditfold_feed.partitions
set last_timestamp_ms = greatest(last_timestamp_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
where id = $1 and next_offset = $2::bigint
returning last_timestamp_ms
