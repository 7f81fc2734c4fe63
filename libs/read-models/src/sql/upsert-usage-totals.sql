-- Rows as they are from now on.
insert into {schema}.usage_totals (account, day, hour, meters, figures)
select given.account, given.day, given.hour, given.meters::text[], given.figures::numeric[]
from unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::text[])
  as given (account, day, hour, meters, figures)
on conflict (account, day, hour) do update set meters = excluded.meters, figures = excluded.figures
