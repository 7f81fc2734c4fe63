-- How far notifications have followed the streams; at most one row.
create table notification_positions (
  id boolean primary key default true check (id),
  commit_position bigint not null,
  prepare_position bigint not null
);

-- What accounts are told: made from their streams, with ids made from the place there, so that nothing stands twice.
create table notifications (
  sequence bigint generated always as identity primary key,
  id text not null unique,
  organisation text collate "C" not null,
  revision bigint not null,
  kind text not null,
  severity text not null,
  title text not null,
  content text not null,
  at text not null,
  cause jsonb not null,
  data jsonb not null,
  made_at timestamptz not null default now()
);
create index notifications_of on notifications (organisation, sequence desc);
create index notifications_old on notifications (made_at);

-- One row a channel: the outbox. Those of a channel leave in order.
create table notification_deliveries (
  notification bigint not null references notifications (sequence) on delete cascade,
  organisation text collate "C" not null,
  channel text not null,
  state text not null check (state in ('waiting', 'delivered', 'failed', 'dropped')),
  attempts integer not null default 0,
  reason text,
  next_at_ms bigint not null default 0,
  delivered_at_ms bigint,
  primary key (notification, channel)
);
create index notification_deliveries_waiting on notification_deliveries (organisation, channel, notification)
  where state = 'waiting';
