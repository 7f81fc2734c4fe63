export type BackfillFailure =
  | 'FileUnreadable'
  | 'UnknownFormat'
  | 'InvalidHeader'
  | 'InvalidRow'
  | 'TypeRequired'
  | 'KeyRequired'
  | 'ServerUnreachable'
  | 'Refused';

/** Why a load ended early; `code` is stable, the message names the line and what to do. */
export class BackfillFailed extends Error {
  override readonly name = 'BackfillFailed';
  constructor(
    readonly code: BackfillFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}

/** A fault of one row: where it is, and its stable code. */
export function invalidRow(line: number, column: string, fault: string): BackfillFailed {
  return new BackfillFailed('InvalidRow', `line ${line}, ${column}: ${fault}`);
}
