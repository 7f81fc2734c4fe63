-- How far the executor of payments has followed the streams; at most one row.
create table payment_positions (
  id boolean primary key default true check (id),
  commit_position bigint not null,
  prepare_position bigint not null
);

-- Organisations that have stored a payment method: at the end of a month the others need not be looked at.
create table paying_organisations (
  organisation text primary key
);
