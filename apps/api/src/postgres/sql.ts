/** One statement each, parameterised only. */
export const INSERT_KEY = `
  with key as (
    insert into creditfold_api.api_keys (id, name, organisation, scopes, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6) returning id
  )
  insert into creditfold_api.api_key_secrets (secret_hash, key_id) select $7, id from key`;

export const FIND_KEY = `
  select k.id, k.organisation, k.scopes, least(s.valid_until, k.expires_at) as valid_until
  from creditfold_api.api_key_secrets s join creditfold_api.api_keys k on k.id = s.key_id
  where s.secret_hash = $1`;

export const LIST_KEYS = `
  select id, name, organisation, scopes, created_at, expires_at, last_used_at
  from creditfold_api.api_keys
  where $2::text is null or (created_at, id) < (select created_at, id from creditfold_api.api_keys where id = $2)
  order by created_at desc, id desc limit $1`;

export const REMOVE_KEY = `delete from creditfold_api.api_keys where id = $1`;

export const END_OLD_SECRETS = `
  update creditfold_api.api_key_secrets set valid_until = least(valid_until, $2) where key_id = $1`;

export const REMOVE_ENDED_SECRETS = `
  delete from creditfold_api.api_key_secrets where key_id = $1 and valid_until <= $2`;

/** Nothing is inserted when the key is gone. */
export const ADD_SECRET = `
  insert into creditfold_api.api_key_secrets (secret_hash, key_id)
  select $2, id from creditfold_api.api_keys where id = $1`;

export const TOUCH_KEY = `
  update creditfold_api.api_keys set last_used_at = greatest(last_used_at, $2) where id = $1`;
