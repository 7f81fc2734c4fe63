/** Why a part cannot go on, with its stable code. */
export class PartFault extends Error {
  override readonly name = 'PartFault';
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** Waits for the fault that a part may raise, once. */
export class Fault {
  readonly raised: Promise<Error>;
  #resolve: ((fault: Error) => void) | undefined;

  constructor() {
    this.raised = new Promise((resolve) => (this.#resolve = resolve));
  }

  readonly raise = (fault: Error): void => this.#resolve?.(fault);
}
