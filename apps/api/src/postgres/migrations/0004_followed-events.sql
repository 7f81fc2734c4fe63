-- A position counts in the history that it was followed in: the event seen last, in its place, proves that it is the
-- same one. Positions of before prove nothing, so everything is followed once more.
delete from payment_positions;
alter table payment_positions
  add column seen_stream text collate "C" not null,
  add column seen_revision bigint not null,
  add column seen_id text not null,
  add column seen_commit bigint not null,
  add column seen_prepare bigint not null;
delete from notification_positions;
alter table notification_positions
  add column seen_stream text collate "C" not null,
  add column seen_revision bigint not null,
  add column seen_id text not null,
  add column seen_commit bigint not null,
  add column seen_prepare bigint not null;
