insert into creditfold_feed.partitions (topic, partition, has_append_time)
select name, number, has_append_time
from creditfold_feed.topics, generate_series(0, $2::integer - 1) as number
where name = $1
on conflict (topic, partition) do nothing
