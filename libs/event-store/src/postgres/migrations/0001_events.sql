-- The names of streams, once. Rows are never changed: a stream's revision is the one of its last event.
create table streams (
  id integer generated always as identity primary key,
  name text collate "C" not null unique
);

create table event_types (
  id smallint primary key,
  name text collate "C" not null unique
);

-- One row: the position of the last event. Its row lock is what gives positions in the order of commits, without gaps:
-- it is taken first by every append and held until its commit.
create table heads (
  id boolean primary key default true check (id),
  position bigint not null
);
insert into heads (position) values (0);

-- Wide columns first, so that nothing is lost to alignment. Identities need no index: a repeated append is recognised
-- by the ids at the revisions that it names. Revisions of one stream fit four bytes.
create table events (
  position bigint primary key,
  recorded_at timestamptz not null,
  id uuid not null,
  stream_id integer not null,
  revision integer not null check (revision >= 0),
  type_id smallint not null,
  data bytea not null,
  unique (stream_id, revision)
) with (toast_tuple_target = 8160);
-- Payloads are compact already: compressing them again costs time and wins little.
alter table events alter column data set storage external;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'events are append-only: % of % refused', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger append_only before update or delete or truncate on events
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on streams
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on event_types
  for each statement execute function refuse_change();
