/** Where a command speaks: results on `out`, complaints on `err`. Texts come without a line's end. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** JSON for machines: bigints as decimal strings. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each), 2);

/** `1234567` as `1,234,567`. */
export const withCommas = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
