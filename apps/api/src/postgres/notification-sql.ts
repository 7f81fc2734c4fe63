import { saveFollowed, selectFollowed } from './followed-sql.js';

/** One statement each, parameterised only. */
export const FOLLOWED = selectFollowed('outbox_positions');
export const SAVE_FOLLOWED = saveFollowed('outbox_positions');

export const ADD_CHANNEL_OWNERS = `
  insert into creditfold_api.channel_owners (organisation) select unnest($1::text[])
  on conflict do nothing`;

export const CHANNEL_OWNERS_AMONG = `
  select organisation from creditfold_api.channel_owners where organisation = any($1::text[])`;

export const ADD_NOTIFICATION = `
  insert into creditfold_api.notifications
    (id, organisation, revision, kind, severity, title, content, at, cause, data, made_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11::double precision / 1000))
  on conflict (id) do nothing returning sequence`;

/** A channel that has not been reached for long is full: what comes on top is kept as dropped, for people to see. */
export const ADD_DELIVERY = `
  insert into creditfold_api.notification_deliveries (notification, organisation, channel, state, reason)
  select $1, $2, $3, coalesce($4, case when count(*) >= $6 then 'dropped' else 'waiting' end),
    coalesce($5, case when count(*) >= $6 then 'the channel is full' end)
  from creditfold_api.notification_deliveries
  where organisation = $2 and channel = $3 and state = 'waiting'`;

/** Of each channel the oldest that waits, where its time has come. */
export const DUE = `
  select d.notification, d.organisation, d.channel, d.attempts, n.id, n.kind, n.severity, n.title, n.content, n.at,
    n.data, extract(epoch from n.made_at) * 1000 as made_at_ms
  from (
    select distinct on (organisation, channel) * from creditfold_api.notification_deliveries
    where state = 'waiting' order by organisation, channel, notification
  ) d join creditfold_api.notifications n on n.sequence = d.notification
  where d.next_at_ms <= $1 order by d.next_at_ms, d.notification limit $2`;

export const FINISH = `
  update creditfold_api.notification_deliveries
  set state = $3, attempts = attempts + 1, reason = $4, next_at_ms = $5, delivered_at_ms = $6
  where notification = $1 and channel = $2 and state = 'waiting'`;

export const LIST = `
  select n.sequence, n.id, n.revision, n.kind, n.severity, n.title, n.content, n.at, n.cause, n.data,
    coalesce((select jsonb_agg(jsonb_build_object('channel', d.channel, 'state', d.state, 'attempts', d.attempts,
      'reason', d.reason, 'nextAtMs', d.next_at_ms, 'deliveredAtMs', d.delivered_at_ms) order by d.channel)
      from creditfold_api.notification_deliveries d where d.notification = n.sequence), '[]') as deliveries
  from creditfold_api.notifications n
  where n.organisation = $1 and ($2::bigint is null or n.sequence < $2)
  order by n.sequence desc limit $3`;

export const FORGET_OLD = `
  delete from creditfold_api.notifications where made_at < to_timestamp($1::double precision / 1000)`;
