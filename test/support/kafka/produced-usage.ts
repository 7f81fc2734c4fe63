import type { ApiClient } from '../api-client.js';
import { nanosOf, poolOf, usageOf } from '../figures.js';

const REQUEST_NANOS = 1_000_000n;
const TOKEN_NANOS = 100_000n;
const ORGANISATIONS = ['acme', 'globex', 'initech', 'umbrella', 'hooli'];

export interface ProducedEvent {
  readonly organisation: string;
  readonly json: string;
}

/** The oracle: every distinct event that was made, and what all of them cost by the example catalog. */
export class ProducedUsage {
  readonly #tokens = new Map<string, bigint[]>();
  #made = 0;

  get events(): number {
    return this.#made;
  }

  /** Events that nobody made before, spread over the organisations; no two cost the same. */
  make(count: number): readonly ProducedEvent[] {
    return Array.from({ length: count }, () => this.#one());
  }

  /** What differs from the service's figures, to the last event and nano-credit (I1, I2, I3). */
  async differencesAt(client: ApiClient): Promise<readonly string[]> {
    const differences: string[] = [];
    for (const [organisation, tokens] of this.#tokens) {
      const usage = await usageOf(client, organisation, 'meter');
      const requests = usage.filter(({ group }) => group['meter'] === 'requests');
      const events = requests.reduce((sum, item) => sum + item.events, 0);
      const usedNanos = nanosOf((await poolOf(client, organisation)).used);
      const dueNanos = tokens.reduce((sum, each) => sum + REQUEST_NANOS + each * TOKEN_NANOS, 0n);
      if (events !== tokens.length) differences.push(`${organisation}: ${events} of ${tokens.length} events`);
      if (usedNanos !== dueNanos) differences.push(`${organisation}: ${usedNanos} of ${dueNanos} nano-credits`);
    }
    return differences;
  }

  #one(): ProducedEvent {
    const index = this.#made;
    this.#made += 1;
    const organisation = ORGANISATIONS[index % ORGANISATIONS.length] ?? '';
    const tokens = this.#tokens.get(organisation) ?? [];
    tokens.push(BigInt(1000 + index));
    this.#tokens.set(organisation, tokens);
    const json = JSON.stringify({
      specversion: '1.0',
      id: `e-${index}`,
      source: '/load',
      type: 'llm.completion',
      subject: organisation,
      time: new Date().toISOString(),
      data: { model: 'small', input_tokens: 1000 + index },
    });
    return { organisation, json };
  }
}
