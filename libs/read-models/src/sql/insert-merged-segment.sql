insert into {schema}.usage_segments (account, day, sequence, level, data, sums) values ($1, $2, $3, $4, $5, $6)
