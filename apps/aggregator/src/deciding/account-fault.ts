/** An account cannot be decided, and no retry helps: it is parked, and others flow (I9). */
export class AccountFault extends Error {
  override readonly name = 'AccountFault';

  constructor(
    readonly organisation: string,
    cause: unknown,
  ) {
    super(`The account ${organisation} cannot be decided`, { cause });
  }

  /** Name of what went wrong, for operators. */
  get reason(): string {
    return this.cause instanceof Error ? this.cause.name : 'Unknown';
  }

  get detail(): string {
    return this.cause instanceof Error ? this.cause.message : String(this.cause);
  }
}
