-- No row: the generation is not live any more. A row without a revision: the account does not exist.
select g.position_commit, a.revision, a.ledger_time_ms,
  case when a.revision is distinct from $3 then a.wallet end as wallet
from creditfold_reads.generations g
left join {schema}.accounts a on a.organisation = $1
where g.lane = 'accounts' and g.generation = $2 and g.state = 'live'
