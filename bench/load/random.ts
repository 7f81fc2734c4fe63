/** Numbers from 0 (inclusive) to 1, the same for the same seed: a run is repeated by its seed. */
export type Random = () => number;

/** Mulberry32: small, fast, and even enough for a load. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Draws ranks from 0 with Zipf's weights 1 / (rank + 1): the first of 1,000 has 13 % of all. */
export function zipfFrom(random: Random, ranks: number): () => number {
  const cumulative = new Float64Array(ranks);
  let total = 0;
  for (let rank = 0; rank < ranks; rank += 1) cumulative[rank] = total += 1 / (rank + 1);
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, ranks - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] ?? total) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
