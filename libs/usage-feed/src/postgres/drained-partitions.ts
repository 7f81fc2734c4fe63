import type { Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { STATEMENTS } from './statements.js';

/** Short beside what a lone event may wait. */
const GATHER_MS = 5;

interface Question {
  readonly id: number;
  readonly end: bigint;
  readonly resolve: (atMs: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface DrainedRow {
  readonly id: number;
  readonly next_offset: bigint;
  readonly last_timestamp_ms: bigint;
}

/** Asks for all partitions of a process that are idle at the same time with one statement, since each is a commit. */
export class DrainedPartitions {
  #waiting: Question[] = [];
  #isAsking = false;

  constructor(private readonly pool: Pool) {}

  /** The live clock if `end` is still the partition's end: no later record gets an earlier append timestamp. */
  atMs(id: number, end: bigint): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, end, resolve, reject });
      if (!this.#isAsking) void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    // Each was read before, which takes some longer than others.
    await sleep(GATHER_MS);
    while (this.#waiting.length > 0) await this.#ask(this.#waiting.splice(0));
    this.#isAsking = false;
  }

  async #ask(questions: readonly Question[]): Promise<void> {
    try {
      const { rows } = await this.pool.query<DrainedRow>({
        name: 'feed-drained-at',
        text: STATEMENTS.drainedAt,
        values: [questions.map(({ id }) => id), questions.map(({ end }) => end)],
      });
      for (const { id, end, resolve } of questions) {
        const row = rows.find((one) => one.id === id && one.next_offset === end);
        resolve(row && Number(row.last_timestamp_ms));
      }
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }
}
