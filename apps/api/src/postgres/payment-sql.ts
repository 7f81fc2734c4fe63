/** One statement each, parameterised only. */
export const POSITION = `
  select commit_position as commit, prepare_position as prepare from creditfold_api.payment_positions`;

export const SAVE_POSITION = `
  insert into creditfold_api.payment_positions (commit_position, prepare_position) values ($1, $2)
  on conflict (id) do update
    set commit_position = excluded.commit_position, prepare_position = excluded.prepare_position`;

export const ADD_PAYING = `
  insert into creditfold_api.paying_organisations (organisation) select unnest($1::text[])
  on conflict do nothing`;

export const PAYING_AMONG = `
  select organisation from creditfold_api.paying_organisations where organisation = any($1::text[])`;
