/** The account's stream is gone, does not verify, or cannot be folded: it is parked, and others flow (I9). */
export class AccountBroken extends Error {
  override readonly name = 'AccountBroken';
  readonly code = 'AccountBroken';
  constructor(
    readonly stream: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`The stream ${stream} cannot be used: ${detail}`, options);
  }
}

/** More events than one append may carry. Nothing was appended; the decider has to decide less at once. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  readonly code = 'AppendTooLarge';
  constructor(stream: string, bytes: number, bytesMax: number) {
    super(`An append of ${bytes} bytes to ${stream} is above ${bytesMax}`);
  }
}

/** The account is contended: the caller may try again after a moment (503). */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
  readonly code = 'TooBusy';
  constructor(
    readonly organisation: string,
    options?: ErrorOptions,
  ) {
    super(`The account ${organisation} is busy; try again`, options);
  }
}

/** Another process has taken the partition over: this one stops deciding it (I7). */
export class Fenced extends Error {
  override readonly name = 'Fenced';
  readonly code = 'Fenced';
  constructor(readonly stream: string) {
    super(`Another process writes ${stream} now`);
  }
}
