import type { GlobalPosition, StoredEvent } from '@app/event-store';
import { createPool, migrate, withTransaction } from '@app/postgres';
import type { Pool, PoolClient } from 'pg';
import { StaleProjector } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';

export const LANES = ['accounts', 'usage'] as const;
export type LaneName = (typeof LANES)[number];

/** Counted up when a lane's rows mean something else: the next start builds a new generation and switches to it. */
export const PROJECTION_VERSIONS: Readonly<Record<LaneName, number>> = { accounts: 5, usage: 4 };

/** The last event that a generation holds. */
export interface Anchor {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly commit: bigint;
}

/** How far a generation is: the position to read on after, and the event that stands for what was read. */
export interface Checkpoint {
  readonly position: GlobalPosition;
  readonly anchor: Anchor | null;
}

export interface Generation {
  readonly lane: LaneName;
  readonly generation: number;
  readonly schema: string;
  readonly projectionVersion: number;
  readonly state: 'building' | 'live' | 'retired';
  readonly checkpoint: Checkpoint;
}

interface GenerationRow {
  readonly lane: LaneName;
  readonly generation: number;
  readonly projection_version: number;
  readonly state: Generation['state'];
  readonly position_commit: bigint;
  readonly position_prepare: bigint;
  readonly event_stream: string | null;
  readonly event_revision: bigint | null;
  readonly event_id: string | null;
  readonly event_commit: bigint | null;
}

/** Where a generation's tables are. */
const schemaOf = (lane: LaneName, generation: number): string => `creditfold_${lane}_${generation}`;

export const anchorOf = (event: StoredEvent): Anchor => ({
  stream: event.stream,
  revision: event.revision,
  id: event.id,
  commit: event.position.commit,
});

const MIGRATIONS: Readonly<Record<LaneName, URL>> = {
  accounts: new URL('../accounts-lane/migrations/', import.meta.url),
  usage: new URL('../usage-lane/migrations/', import.meta.url),
};
const COLUMNS = `lane, generation, projection_version, state, position_commit, position_prepare,
  event_stream, event_revision, event_id, event_commit`;
const TABLE = 'creditfold_reads.generations';

function generationOf(row: GenerationRow): Generation {
  const { event_stream: stream, event_revision: revision, event_id: id, event_commit: commit } = row;
  const isAnchored = stream !== null && revision !== null && id !== null && commit !== null;
  return {
    lane: row.lane,
    generation: row.generation,
    schema: schemaOf(row.lane, row.generation),
    projectionVersion: row.projection_version,
    state: row.state,
    checkpoint: {
      position: { commit: row.position_commit, prepare: row.position_prepare },
      anchor: isAnchored ? { stream, revision, id, commit } : null,
    },
  };
}

/** The generations of both lanes: which is live, how far each is. `pool` is one of `createReadModelPool`. */
export class Generations {
  constructor(
    readonly url: string,
    readonly pool: Pool,
  ) {}

  /** Brings the schemas up to date and makes the first generations. Safe when several processes start at once. */
  async prepare(): Promise<void> {
    await migrate(this.url, { directory: new URL('./migrations/', import.meta.url), schema: 'creditfold_reads' });
    for (const lane of LANES) {
      const live = await this.live(lane);
      if (live !== undefined) {
        await migrate(this.url, { directory: MIGRATIONS[lane], schema: live.schema });
        continue;
      }
      await this.#insert(this.pool, lane, 1);
      await migrate(this.url, { directory: MIGRATIONS[lane], schema: schemaOf(lane, 1) });
      // Whoever was first has made it live; a crash in between left it to this start.
      await this.pool.query(
        `update ${TABLE} set state = 'live' where lane = $1 and generation = 1 and state = 'building'
         and not exists (select from ${TABLE} where lane = $1 and state = 'live')`,
        [lane],
      );
    }
  }

  async live(lane: LaneName): Promise<Generation | undefined> {
    return (await this.allLive()).find((generation) => generation.lane === lane);
  }

  async allLive(): Promise<readonly Generation[]> {
    const { rows } = await this.pool.query<GenerationRow>({ name: 'live-generations', text: LIVE_GENERATIONS });
    return rows.map(generationOf);
  }

  /** When the lane, or a generation built to replace it, last moved: Unix milliseconds of the database's clock. */
  async lastMovedMs(lane: LaneName): Promise<number> {
    const { rows } = await this.pool.query<{ moved_at: Date | null }>(
      `select max(moved_at) as moved_at from ${TABLE} where lane = $1 and state <> 'retired'`,
      [lane],
    );
    return rows[0]?.moved_at?.getTime() ?? 0;
  }

  async read(lane: LaneName, generation: number): Promise<Generation | undefined> {
    const { rows } = await this.pool.query<GenerationRow>(
      `select ${COLUMNS} from ${TABLE} where lane = $1 and generation = $2`,
      [lane, generation],
    );
    return rows[0] === undefined ? undefined : generationOf(rows[0]);
  }

  /** A new, empty generation beside the live one. */
  async create(lane: LaneName): Promise<Generation> {
    const { rows } = await this.pool.query<{ next: number }>(
      `select coalesce(max(generation), 0) + 1 as next from ${TABLE} where lane = $1`,
      [lane],
    );
    const next = rows[0]?.next ?? 1;
    if ((await this.#insert(this.pool, lane, next)) === 0) return this.create(lane);
    await migrate(this.url, { directory: MIGRATIONS[lane], schema: schemaOf(lane, next) });
    const made = await this.read(lane, next);
    if (made === undefined) throw new Error(`generation ${next} of ${lane} vanished while it was made`);
    return made;
  }

  /** Makes a generation the live one, at once for all readers, in the caller's transaction. */
  async switchTo(client: PoolClient, { lane, generation }: Generation): Promise<void> {
    await client.query(`update ${TABLE} set state = 'retired', retired_at = now() where lane = $1 and state = 'live'`, [
      lane,
    ]);
    const { rowCount } = await client.query(
      `update ${TABLE} set state = 'live' where lane = $1 and generation = $2 and state = 'building'`,
      [lane, generation],
    );
    if (rowCount !== 1) throw new StaleProjector(`generation ${generation} of ${lane} is not being built any more`);
  }

  /** Replaces a live generation that is of another history by an empty one, unless somebody else already did. */
  async discard(broken: Generation): Promise<void> {
    const fresh = await this.create(broken.lane);
    await withTransaction(this.pool, async (client) => {
      const live = await this.lockLive(client, broken.lane);
      if (live?.generation === broken.generation) await this.switchTo(client, fresh);
      else await this.retire(client, fresh);
    });
  }

  /** The live generation, with its checkpoint kept still until the transaction ends. */
  async lockLive(client: PoolClient, lane: LaneName): Promise<Generation | undefined> {
    const { rows } = await client.query<GenerationRow>(
      `select ${COLUMNS} from ${TABLE} where lane = $1 and state = 'live' for update`,
      [lane],
    );
    return rows[0] === undefined ? undefined : generationOf(rows[0]);
  }

  async retire(client: Pool | PoolClient, { lane, generation }: Generation): Promise<void> {
    await client.query(
      `update ${TABLE} set state = 'retired', retired_at = now() where lane = $1 and generation = $2 and state <> 'live'`,
      [lane, generation],
    );
  }

  /**
   * Moves a checkpoint within the transaction that writes the rows.
   * @throws {StaleProjector} when it is not where the caller left it: nothing of the transaction may stay
   */
  async advance(client: PoolClient, from: Generation, to: Checkpoint): Promise<void> {
    const { rowCount } = await client.query(
      `update ${TABLE} set position_commit = $3, position_prepare = $4, event_stream = $5, event_revision = $6,
         event_id = $7, event_commit = $8, moved_at = clock_timestamp()
       where lane = $1 and generation = $2 and state <> 'retired'
         and position_commit = $9 and position_prepare = $10 and event_id is not distinct from $11`,
      [
        from.lane,
        from.generation,
        to.position.commit,
        to.position.prepare,
        to.anchor?.stream ?? null,
        to.anchor?.revision ?? null,
        to.anchor?.id ?? null,
        to.anchor?.commit ?? null,
        from.checkpoint.position.commit,
        from.checkpoint.position.prepare,
        from.checkpoint.anchor?.id ?? null,
      ],
    );
    if (rowCount !== 1) throw new StaleProjector(`the checkpoint of ${from.schema} was moved by another projector`);
  }

  /** Drops the tables of generations that were retired long enough ago for every query to be over. */
  async dropRetired(keptMs: number = READ_MODEL_LIMITS.retiredKeptMs, only?: Generation): Promise<void> {
    // A rebuild or a verification that was killed stays behind: nobody will finish it.
    await this.pool.query(
      `update ${TABLE} set state = 'retired', retired_at = now()
       where state = 'building' and moved_at < now() - $1 * interval '1 millisecond'`,
      [READ_MODEL_LIMITS.abandonedAfterMs],
    );
    const { rows } = await this.pool.query<{ lane: LaneName; generation: number }>(
      `select lane, generation from ${TABLE}
       where state = 'retired' and retired_at <= clock_timestamp() - $1 * interval '1 millisecond'`,
      [keptMs],
    );
    for (const { lane, generation } of rows) {
      if (only !== undefined && (only.lane !== lane || only.generation !== generation)) continue;
      await this.pool.query(`drop schema if exists ${schemaOf(lane, generation)} cascade`);
      await this.pool.query(`delete from ${TABLE} where lane = $1 and generation = $2`, [lane, generation]);
    }
  }

  async #insert(client: Pool, lane: LaneName, generation: number): Promise<number> {
    const { rowCount } = await client.query(
      `insert into ${TABLE} (lane, generation, projection_version, state) values ($1, $2, $3, 'building')
       on conflict do nothing`,
      [lane, generation, PROJECTION_VERSIONS[lane]],
    );
    return rowCount ?? 0;
  }
}

/** The live generations as one snapshot of the database sees them, for `SnapshotReader`. */
export const LIVE_GENERATIONS = `select ${COLUMNS} from ${TABLE} where state = 'live'`;
export const toGenerations = (rows: readonly unknown[]): readonly Generation[] =>
  rows.map((row) => generationOf(row as GenerationRow));

/** Connections for projecting or querying read models. */
export const createReadModelPool = (
  url: string,
  options: { readonly name: string; readonly max?: number; readonly statementTimeoutMs?: number },
): Pool =>
  createPool(url, {
    applicationName: options.name,
    statementTimeoutMs: options.statementTimeoutMs ?? READ_MODEL_LIMITS.statementTimeoutMs,
    ...(options.max === undefined ? {} : { max: options.max }),
  });
