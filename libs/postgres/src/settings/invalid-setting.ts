/** A setting that is missing or wrong ends the start, with its name and what it should be. Nothing was changed. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  readonly code = 'InvalidSetting';
}
