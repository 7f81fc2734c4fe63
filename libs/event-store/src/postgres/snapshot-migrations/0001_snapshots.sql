-- A cache: every row may be deleted at any time.
create table snapshots (
  stream text collate "C" primary key,
  revision bigint not null,
  saved_at timestamptz not null,
  data bytea not null
);
