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
