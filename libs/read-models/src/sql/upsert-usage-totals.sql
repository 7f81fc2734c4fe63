-- Rows as they are from now on. Texts of arrays lie behind each other in $7: $4 where those of a row begin, $5 and $6
-- the lengths of its meters and of its figures.
insert into {schema}.usage_totals (account, day, hour, meters, figures)
select given.account, given.day, given.hour,
  convert_from(substring($7::bytea from given.starts_at for given.meters_length), 'UTF8')::text[],
  convert_from(substring($7::bytea from given.starts_at + given.meters_length for given.figures_length), 'UTF8')::numeric[]
from unnest($1::integer[], $2::integer[], $3::smallint[], $4::integer[], $5::integer[], $6::integer[])
  as given (account, day, hour, starts_at, meters_length, figures_length)
on conflict (account, day, hour) do update set meters = excluded.meters, figures = excluded.figures
