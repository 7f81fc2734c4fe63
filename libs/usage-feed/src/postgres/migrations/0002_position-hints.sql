-- Up Migration
-- For lag tools alone: where consumption starts is kept elsewhere. A row of its own, so that publishers never wait for it.
create table creditfold_feed.position_hints (
  partition_id integer primary key references creditfold_feed.partitions (id) on delete cascade,
  next_offset bigint not null
) with (fillfactor = 50);

-- Down Migration
drop table creditfold_feed.position_hints;
