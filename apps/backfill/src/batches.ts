import type { BackfillEvent } from './backfill-event.js';
import { LIMITS } from './limits.js';

/** One call's body. */
export interface Batch {
  /** A JSON array of CloudEvents. */
  readonly body: string;
  /** Of each event, in order: to name the line of a fault. */
  readonly lines: readonly number[];
}

/** Cuts events into calls, by number and by size, in their order. */
export async function* batchesOf(chunks: AsyncIterable<readonly BackfillEvent[]>): AsyncIterable<Batch> {
  let texts: string[] = [];
  let lines: number[] = [];
  let chars = 0;
  const take = (): Batch => {
    const batch = { body: `[${texts.join(',')}]`, lines };
    texts = [];
    lines = [];
    chars = 0;
    return batch;
  };
  for await (const chunk of chunks) {
    for (const { json, line } of chunk) {
      const isFull = texts.length >= LIMITS.batchEventsMax || chars + json.length > LIMITS.batchCharsMax;
      if (isFull && texts.length > 0) yield take();
      texts.push(json);
      lines.push(line);
      chars += json.length;
    }
  }
  if (texts.length > 0) yield take();
}
