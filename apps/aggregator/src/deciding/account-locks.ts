/** One decision of an account at a time within this process; others wait in the order in which they came. */
export class AccountLocks {
  /** Who waits for each account that is being decided; mostly nobody. */
  readonly #waiting = new Map<string, readonly (() => void)[]>();

  /** Nothing to wait for where the account is free. Whoever has it releases it. */
  acquire(organisation: string): Promise<void> | void {
    const waiting = this.#waiting.get(organisation);
    if (waiting === undefined) {
      this.#waiting.set(organisation, NOBODY);
      return;
    }
    return new Promise((resolve) => this.#waiting.set(organisation, [...waiting, resolve]));
  }

  /** Hands the account to who has waited longest. */
  release(organisation: string): void {
    const [next, ...others] = this.#waiting.get(organisation) ?? NOBODY;
    if (next === undefined) this.#waiting.delete(organisation);
    else {
      this.#waiting.set(organisation, others);
      next();
    }
  }
}

const NOBODY: readonly (() => void)[] = [];
