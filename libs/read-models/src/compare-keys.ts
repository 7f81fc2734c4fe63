/** The order of collation C: by UTF-8 bytes. */
export function compareKeys(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < left.length; index++) {
    const one = left[index] ?? '';
    const other = right[index] ?? '';
    if (one !== other) return Buffer.compare(Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8'));
  }
  return 0;
}
