/** One decision of an account at a time within this process; others wait in the order in which they came. */
export class AccountLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves to what releases the account again. */
  acquire(organisation: string): Promise<() => void> | (() => void) {
    const before = this.#tails.get(organisation);
    let open = NOTHING;
    const held = new Promise<void>((resolve) => (open = resolve));
    this.#tails.set(organisation, held);
    const release = (): void => {
      if (this.#tails.get(organisation) === held) this.#tails.delete(organisation);
      open();
    };
    return before === undefined ? release : before.then(() => release);
  }
}

const NOTHING = (): void => undefined;
