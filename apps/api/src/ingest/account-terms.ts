/** What validation has to know of an account; null where there is none. */
export interface AccountTerms {
  /** Plans in force, oldest first. */
  readonly plans: readonly { readonly fromMs: number; readonly plan: string }[];
  readonly openedAtMs: number;
  /** A sandbox's own clock; null on accounts that live with the wall clock. */
  readonly manualClockMs: number | null;
}

/** Where terms come from. `fresh` reads what is committed now; otherwise a moment's delay is allowed. */
export interface AccountTermsSource {
  termsOf(organisation: string, options: { readonly isFresh: boolean }): Promise<AccountTerms | null>;
}

/** The plan in force at a time; before the first one, the first. */
export function planAt(terms: AccountTerms, atMs: number): string {
  let plan = terms.plans[0]?.plan ?? '';
  for (const each of terms.plans) {
    if (each.fromMs > atMs) break;
    plan = each.plan;
  }
  return plan;
}
