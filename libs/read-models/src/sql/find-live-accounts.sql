-- One row an account that is asked for, in their order; one without a revision: the account does not exist. No row at
-- all: the generation is not live any more. Looked up one by one, whatever a plan that is made while the tables are small
-- would think cheaper. How many are asked for is kept from the planner, which would make a plan of its own for each number.
select g.position_commit, a.revision, a.ledger_time_ms,
  case when a.revision is distinct from asked.revision then a.wallet end as wallet
from creditfold_reads.generations g
cross join unnest((select $2::text[]), (select $3::bigint[])) with ordinality as asked (organisation, revision, nth)
left join lateral (
  select revision, ledger_time_ms, wallet from {schema}.accounts where organisation = asked.organisation offset 0
) a on true
where g.lane = 'accounts' and g.generation = $1 and g.state = 'live'
order by asked.nth
