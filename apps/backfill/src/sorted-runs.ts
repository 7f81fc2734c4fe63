import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compareEvents } from './backfill-event.js';
import type { BackfillEvent } from './backfill-event.js';
import { LIMITS } from './limits.js';

const CHUNK_EVENTS = 1_000;

function* linesOf(events: readonly BackfillEvent[]): Iterable<string> {
  for (let start = 0; start < events.length; start += CHUNK_EVENTS) {
    const chunk = events.slice(start, start + CHUNK_EVENTS);
    yield chunk.map(({ timeMs, line, json }) => `${timeMs}\t${line}\t${json}\n`).join('');
  }
}

/** JSON holds no tab as itself outside its own white space, which only follows the first two. */
function eventOf(text: string): BackfillEvent {
  const first = text.indexOf('\t');
  const second = text.indexOf('\t', first + 1);
  return {
    timeMs: Number(text.slice(0, first)),
    line: Number(text.slice(first + 1, second)),
    json: text.slice(second + 1),
  };
}

interface Head {
  event: BackfillEvent;
  readonly rest: AsyncIterator<string>;
}

async function openRun(file: string): Promise<Head | undefined> {
  const rest = createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]();
  const first = await rest.next();
  return first.done === true ? undefined : { event: eventOf(first.value), rest };
}

/** Sorted files in a directory of their own, read back as one. */
export class SortedRuns {
  #files: string[] = [];
  #made = 0;

  private constructor(readonly directory: string) {
    // Also when the process is ended early: a load of gigabytes leaves nothing behind.
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  }

  static async create(): Promise<SortedRuns> {
    return new SortedRuns(await mkdtemp(join(tmpdir(), 'creditfold-backfill-')));
  }

  async write(sorted: readonly BackfillEvent[]): Promise<void> {
    this.#files.push(await this.#writeLines(linesOf(sorted)));
    if (this.#files.length < LIMITS.mergedRunsMax) return;
    // Too many to be open at once: they become one.
    const merged = this.#files;
    this.#files = [await this.#writeLines(this.#mergedLines(merged))];
    await Promise.all(merged.map((file) => rm(file)));
  }

  merge(): AsyncIterable<readonly BackfillEvent[]> {
    return mergeRuns(this.#files);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #writeLines(lines: Iterable<string> | AsyncIterable<string>): Promise<string> {
    const file = join(this.directory, String(this.#made));
    this.#made += 1;
    await pipeline(Readable.from(lines), createWriteStream(file, { mode: 0o600 }));
    return file;
  }

  async *#mergedLines(files: readonly string[]): AsyncIterable<string> {
    for await (const events of mergeRuns(files)) yield* linesOf(events);
  }
}

async function* mergeRuns(files: readonly string[]): AsyncIterable<readonly BackfillEvent[]> {
  const opened = await Promise.all(files.map(openRun));
  const heads = opened.filter((head) => head !== undefined);
  let chunk: BackfillEvent[] = [];
  while (heads.length > 0) {
    const least = heads.reduce((one, other) => (compareEvents(other.event, one.event) < 0 ? other : one));
    chunk.push(least.event);
    if (chunk.length >= CHUNK_EVENTS) {
      yield chunk;
      chunk = [];
    }
    const next = await least.rest.next();
    if (next.done === true) heads.splice(heads.indexOf(least), 1);
    else least.event = eventOf(next.value);
  }
  if (chunk.length > 0) yield chunk;
}
