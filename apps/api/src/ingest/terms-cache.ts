import type { AccountTerms, AccountTermsSource } from './account-terms.js';

const BELIEVED_MS = 5_000;
const ACCOUNTS_MAX = 100_000;

interface Remembered {
  readonly terms: AccountTerms | null;
  readonly untilMs: number;
}

/**
 * Terms of accounts for a few seconds. What is remembered may accept a little too much (the fold then quarantines
 * it); a refusal is confirmed by fresh terms first, so that nothing is refused by something already changed.
 */
export class TermsCache {
  readonly #known = new Map<string, Remembered>();

  constructor(
    private readonly source: AccountTermsSource,
    private readonly nowMs: () => number,
  ) {}

  /** What is remembered at `nowMs`; undefined when it has to be loaded. */
  peek(organisation: string, nowMs: number): AccountTerms | null | undefined {
    const known = this.#known.get(organisation);
    return known && known.untilMs > nowMs ? known.terms : undefined;
  }

  forget(organisation: string): void {
    this.#known.delete(organisation);
  }

  async load(organisation: string, options: { readonly isFresh: boolean }): Promise<AccountTerms | null> {
    const terms = await this.source.termsOf(organisation, options);
    if (this.#known.size >= ACCOUNTS_MAX) this.#known.clear();
    this.#known.set(organisation, { terms, untilMs: this.nowMs() + BELIEVED_MS });
    return terms;
  }
}
