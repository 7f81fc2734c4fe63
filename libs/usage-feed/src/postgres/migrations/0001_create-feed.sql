-- Up Migration
create schema if not exists creditfold_feed;

create table creditfold_feed.topics (
  name text primary key,
  has_append_time boolean not null
);

-- A row is locked by whoever appends to its partition, until the commit: offsets are gapless and visible in order.
create table creditfold_feed.partitions (
  id integer generated always as identity primary key,
  topic text not null references creditfold_feed.topics (name) on delete cascade,
  partition integer not null,
  has_append_time boolean not null,
  start_offset bigint not null default 0,
  next_offset bigint not null default 0,
  last_timestamp_ms bigint not null default 0,
  unique (topic, partition)
) with (fillfactor = 50);

create table creditfold_feed.record_batches (
  partition_id integer not null references creditfold_feed.partitions (id) on delete cascade,
  last_offset bigint not null,
  records_count integer not null,
  octets integer not null,
  base_timestamp_ms bigint not null,
  appended_at_ms bigint not null,
  records bytea not null,
  primary key (partition_id, last_offset)
);

-- Compression would cost more processor time than the bytes are worth.
alter table creditfold_feed.record_batches alter column records set storage external;

-- Down Migration
drop schema creditfold_feed cascade;
