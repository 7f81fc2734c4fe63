insert into {schema}.usage_segments (account, day, sequence, level, data) values ($1, $2, $3, $4, $5)
