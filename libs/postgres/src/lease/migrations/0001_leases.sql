create table leases (
  name text primary key,
  holder text not null,
  fence bigint not null,
  expires_at timestamptz not null,
  -- With the fence in a unique index a takeover is a change of key: it waits for the transactions of the holder that
  -- asserted the lease (FOR KEY SHARE), while a renewal does not.
  unique (name, fence)
);
