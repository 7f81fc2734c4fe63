insert into creditfold_feed.position_hints (partition_id, next_offset)
select p.id, h.next_offset
from unnest($1::text[], $2::integer[], $3::bigint[]) as h (topic, partition, next_offset)
join creditfold_feed.partitions p on p.topic = h.topic and p.partition = h.partition
on conflict (partition_id) do update set next_offset = excluded.next_offset
