import { saveFollowed, selectFollowed } from './followed-sql.js';

/** One statement each, parameterised only. */
export const FOLLOWED = selectFollowed('payment_positions');
export const SAVE_FOLLOWED = saveFollowed('payment_positions');

export const ADD_PAYING = `
  insert into creditfold_api.paying_organisations (organisation) select unnest($1::text[])
  on conflict do nothing`;

export const PAYING_AMONG = `
  select organisation from creditfold_api.paying_organisations where organisation = any($1::text[])`;
