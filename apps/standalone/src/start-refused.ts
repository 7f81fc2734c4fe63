/** Why a start ended before it served anything; `code` is stable, the message says what to do. Nothing was changed. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  constructor(
    readonly code: 'InvalidSetting' | 'PortInUse',
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}
