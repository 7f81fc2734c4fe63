import type { GroupsOfUse, GroupTable } from '@app/metering';
import { readUseAmounts, writeAmounts } from './amount-columns.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { CODEC_LIMITS } from './codec-limits.js';
import { readIntegers, readSteps } from './read-columns.js';
import { writeIntegers, writeProperty, writeSteps } from './write-columns.js';

/** Groups by rate use: which uses follow each other in runs of how many, then the columns of each use. */
export function writeGroups(writer: ByteWriter, { runs, byUse }: GroupTable): void {
  writer.count(runs.length, CODEC_LIMITS.elementsMax);
  writeProperty(writer, runs, (run) => run.use);
  writeProperty(writer, runs, (run) => run.count);
  for (const groups of byUse.values()) {
    writeSteps(writer, groups.dimensions);
    writeSteps(writer, groups.hours);
    writeIntegers(writer, groups.events);
    writeIntegers(writer, groups.firstEvents);
  }
  writeAmounts(writer, byUse.values());
}

/** @throws {CorruptEvent} */
export function readGroups(reader: ByteReader): GroupTable {
  const runCount = reader.count(CODEC_LIMITS.elementsMax);
  const runUses = readIntegers(reader, runCount);
  const runLengths = readIntegers(reader, runCount);
  const columns = Array.from(countsByUse(reader, runUses, runLengths), ([use, count]) => ({
    use,
    dimensions: readSteps(reader, count),
    hours: readSteps(reader, count),
    events: readIntegers(reader, count),
    firstEvents: readIntegers(reader, count),
  }));
  const byUse = new Map<number, GroupsOfUse>();
  // No spreading: what it makes is put together key by key.
  for (const { use, dimensions, hours, events, firstEvents } of columns) {
    const { quantities, credits } = readUseAmounts(reader, dimensions.length);
    byUse.set(use, { dimensions, hours, events, firstEvents, quantities, credits });
  }
  return {
    byUse,
    get runs() {
      return runUses.map((use, run) => ({ use, count: runLengths[run] ?? 0 }));
    },
  };
}

/** How many groups each use has, uses in the order of their first groups. */
function countsByUse(reader: ByteReader, uses: readonly number[], lengths: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  let total = 0;
  for (let run = 0; run < uses.length; run += 1) {
    const use = uses[run] ?? 0;
    const length = lengths[run] ?? 0;
    total += length;
    if (length < 0 || total > CODEC_LIMITS.elementsMax) throw reader.corrupt('there are too many groups');
    if (length > 0) counts.set(use, (counts.get(use) ?? 0) + length);
  }
  return counts;
}
