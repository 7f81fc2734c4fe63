import { partitionOf } from './partition-of.js';

/** Chooses partitions: by key, and in turn for records without one, so that those spread evenly. */
export class PartitionSpread {
  private turn = 0;

  choose(key: Uint8Array | null, partitions: number): number {
    if (key !== null) return partitionOf(key, partitions);
    this.turn = (this.turn + 1) % partitions;
    return this.turn;
  }
}
