-- Keys of the HTTP API. A key has one secret, and for a while after a rotation more than one.
create table api_keys (
  id text primary key,
  name text not null,
  organisation text,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz
);

create index api_keys_newest on api_keys (created_at desc, id desc);

-- SHA-256 of the whole key: what is stolen from here opens nothing.
create table api_key_secrets (
  secret_hash bytea primary key check (octet_length(secret_hash) = 32),
  key_id text not null references api_keys (id) on delete cascade,
  valid_until timestamptz
);

create index api_key_secrets_of_key on api_key_secrets (key_id);
