insert into creditfold_feed.topics (name, has_append_time) values ($1, $2) on conflict (name) do nothing returning name
