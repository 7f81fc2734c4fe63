/**
 * An operator deleted the stream or cut events off it. Its revisions no longer begin at 0, so that nothing can be
 * decided from it: accounts are parked, not retried.
 */
export class StreamDeleted extends Error {
  override readonly name = 'StreamDeleted';
  readonly code = 'StreamDeleted';

  constructor(
    readonly stream: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`stream ${JSON.stringify(stream.slice(0, 80))} ${why}`, options);
  }
}
