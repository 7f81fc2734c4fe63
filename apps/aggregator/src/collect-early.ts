import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const MIB = 1024 * 1024;
/** What the old part of the heap may grow by before V8 collects it again. */
const GARBAGE_BYTES_MAX = 96 * MIB;
const LOOK_EVERY_MS = 1_000;

/**
 * Percent of `usedBytes` that the heap may grow by until the next collection; 0 leaves it to V8, which lets it grow to
 * about twice what is in use.
 */
export const growthPercentOf = (usedBytes: number): number =>
  usedBytes <= GARBAGE_BYTES_MAX ? 0 : Math.ceil((100 * GARBAGE_BYTES_MAX) / usedBytes);

/**
 * Keeps V8 from holding as much garbage as there is in use, once that is much: accounts that come and go leave it in
 * the old part of the heap. It limits nothing, a process that needs more gets more: a hard limit would end it.
 */
export function collectEarly(): void {
  let percent = 0;
  const look = (): void => {
    const wanted = growthPercentOf(getHeapStatistics().used_heap_size);
    if (wanted === percent) return;
    percent = wanted;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  };
  setInterval(look, LOOK_EVERY_MS).unref();
}
