/** The bytes of an event cannot be read: cut off, mutated, or not what its version says. The stream must not be folded. */
export class CorruptEvent extends Error {
  override readonly name = 'CorruptEvent';
  readonly code = 'CorruptEvent';

  constructor(
    readonly eventType: string,
    detail: string,
  ) {
    super(`The stored ${eventType} event cannot be read: ${detail}.`);
  }
}

/** The event was written by a newer release than this process. The process stops; it never guesses. */
export class NewerEventVersion extends Error {
  override readonly name = 'NewerEventVersion';
  readonly code = 'NewerEventVersion';

  /** `supported` is the newest version that this process reads, null when it does not know the type at all. */
  constructor(
    readonly eventType: string,
    readonly version: number,
    readonly supported: number | null,
  ) {
    super(
      supported === null
        ? `The stream holds an event of type ${eventType} (version ${version}), which this release does not know. ` +
            'Run a release at least as new as the one that wrote it.'
        : `The stream holds a ${eventType} event of version ${version}, and this release reads up to ${supported}. ` +
            'Run a release at least as new as the one that wrote it.',
    );
  }
}
