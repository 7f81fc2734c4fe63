export interface PrefetchLimits {
  /** Of all partitions together. */
  readonly totalBytes: number;
  /** What one may hold in any case, and at most. */
  readonly partitionBytes: { readonly min: number; readonly max: number };
}

/**
 * How much one partition may hold now, given what each holds: those that hold nothing leave their part to the others, so
 * that a backlog of a few partitions is read in large batches. Together they hold at most the total, and a fetch each.
 */
export function prefetchShare(heldBytes: readonly number[], { totalBytes, partitionBytes }: PrefetchLimits): number {
  let sum = 0;
  let holding = 0;
  for (const bytes of heldBytes) {
    sum += bytes;
    if (bytes > 0) holding += 1;
  }
  if (sum >= totalBytes) return partitionBytes.min;
  return Math.max(partitionBytes.min, Math.min(partitionBytes.max, totalBytes / Math.max(1, holding)));
}
