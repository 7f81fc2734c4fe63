import { nanosOf, roundHalfEven } from './nanos.js';
import type { Usage } from './usage-load.js';

/** Cumulative quantities of one organisation in its cycle, one per rate of `bench/catalog.json`. */
interface Quantities {
  requests: bigint;
  reasoningInput: bigint;
  otherInput: bigint;
  output: bigint;
  images: bigint;
  imageTokens: bigint;
}

const REASONING_MODEL = 'deepseek-r1';

/**
 * Credits that each organisation has to have used, in nano-credits: the prices of `bench/catalog.json` written out by
 * hand, so that no line of what is measured takes part in checking it.
 */
export class ExpectedCredits {
  readonly #quantities = new Map<string, Quantities>();
  #events = 0;

  /** Usage of the current cycle, each event once. */
  add(usages: readonly Usage[]): void {
    for (const usage of usages) this.#addOne(usage);
    this.#events += usages.length;
  }

  get events(): number {
    return this.#events;
  }

  get usedNanos(): ReadonlyMap<string, bigint> {
    return new Map([...this.#quantities].map(([organisation, quantities]) => [organisation, costOf(quantities)]));
  }

  #addOne(usage: Usage): void {
    const quantities = this.#quantities.get(usage.organisation) ?? nothingYet();
    this.#quantities.set(usage.organisation, quantities);
    quantities.requests += 1n;
    if (usage.model === REASONING_MODEL) quantities.reasoningInput += BigInt(usage.inputTokens);
    else quantities.otherInput += BigInt(usage.inputTokens);
    quantities.output += BigInt(usage.outputTokens);
    quantities.images += BigInt(usage.images);
    quantities.imageTokens += BigInt(usage.imageTokens);
  }
}

const nothingYet = (): Quantities => ({
  requests: 0n,
  reasoningInput: 0n,
  otherInput: 0n,
  output: 0n,
  images: 0n,
  imageTokens: 0n,
});

function costOf(quantities: Quantities): bigint {
  const { requests, reasoningInput, otherInput, output, images, imageTokens } = quantities;
  return (
    unit(requests, '0.5', 1_000n) +
    graduated(reasoningInput) +
    unit(otherInput, '1', 3_000n) +
    unit(output, '2', 1_700n) +
    ((images + 39n) / 40n) * nanosOf('1') +
    unit(imageTokens, imageTokens <= 200_000n ? '0.3' : '0.2', 1_000n)
  );
}

const unit = (quantity: bigint, credits: string, per: bigint): bigint =>
  roundHalfEven(quantity * nanosOf(credits), per);

/** 0.5 per 1,000 up to 100,000, then 0.4 up to 1,000,000, then 0.25. */
function graduated(quantity: bigint): bigint {
  const [first, second] = [least(quantity, 100_000n), least(quantity, 1_000_000n)];
  const numerator = first * nanosOf('0.5') + (second - first) * nanosOf('0.4') + (quantity - second) * nanosOf('0.25');
  return roundHalfEven(numerator, 1_000n);
}

const least = (left: bigint, right: bigint): bigint => (left < right ? left : right);
