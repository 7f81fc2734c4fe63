select p.topic, p.partition, h.next_offset
from creditfold_feed.position_hints h
join creditfold_feed.partitions p on p.id = h.partition_id
where p.topic = any ($1::text[])
order by p.topic, p.partition
