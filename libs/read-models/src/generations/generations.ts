import { migrate, withTransaction } from '@app/postgres';
import type { Pool, PoolClient } from 'pg';
import { StaleProjector } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import {
  COLUMNS,
  generationOf,
  LANES,
  LIVE_GENERATIONS,
  PROJECTION_VERSIONS,
  schemaOf,
  TABLE,
  toGenerations,
  type Checkpoint,
  type Generation,
  type GenerationRow,
  type LaneName,
} from './generation.js';

const MIGRATIONS: Readonly<Record<LaneName, URL>> = {
  accounts: new URL('../accounts-lane/migrations/', import.meta.url),
  usage: new URL('../usage-lane/migrations/', import.meta.url),
};
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
    return toGenerations(rows);
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
