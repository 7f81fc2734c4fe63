/** The target holds another history of a stream than the source: nothing of it was changed. */
export class CopyConflict extends Error {
  override readonly name = 'CopyConflict';
  readonly code = 'CopyConflict';
  constructor(stream: string, detail: string) {
    super(`the target's stream ${stream} is not a copy: ${detail}`);
  }
}
