select id, topic, partition, has_append_time, start_offset, next_offset
from creditfold_feed.partitions
where topic = any ($1::text[])
order by topic, partition
