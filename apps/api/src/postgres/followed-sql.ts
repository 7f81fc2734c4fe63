import type { Followed } from '../following/followed.js';

/** One statement each, parameterised only; both tables have these columns. */
type Table = 'payment_positions' | 'outbox_positions';

export interface FollowedRow {
  readonly commit: bigint;
  readonly prepare: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly seen_commit: bigint;
  readonly seen_prepare: bigint;
}

export const selectFollowed = (table: Table): string => `
  select commit_position as commit, prepare_position as prepare, seen_stream as stream, seen_revision as revision,
    seen_id as id, seen_commit, seen_prepare
  from creditfold_api.${table}`;

export const saveFollowed = (table: Table): string => `
  insert into creditfold_api.${table}
    (commit_position, prepare_position, seen_stream, seen_revision, seen_id, seen_commit, seen_prepare)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (id) do update
    set commit_position = excluded.commit_position, prepare_position = excluded.prepare_position,
      seen_stream = excluded.seen_stream, seen_revision = excluded.seen_revision, seen_id = excluded.seen_id,
      seen_commit = excluded.seen_commit, seen_prepare = excluded.seen_prepare`;

export const valuesOf = ({ done, seen }: Followed): unknown[] => [
  done.commit,
  done.prepare,
  seen.stream,
  seen.revision,
  seen.id,
  seen.position.commit,
  seen.position.prepare,
];

export function followedOf(row: FollowedRow | undefined): Followed | undefined {
  if (row === undefined) return undefined;
  const { commit, prepare, stream, revision, id, seen_commit: seenCommit, seen_prepare: seenPrepare } = row;
  return {
    done: { commit, prepare },
    seen: { stream, revision, id, position: { commit: seenCommit, prepare: seenPrepare } },
  };
}
