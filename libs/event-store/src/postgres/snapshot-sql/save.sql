insert into creditfold_snapshots.snapshots (stream, revision, saved_at, data)
values ($1, $2, now(), $3)
on conflict (stream) do update
  set revision = excluded.revision, saved_at = excluded.saved_at, data = excluded.data
