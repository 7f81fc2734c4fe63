/** Maps and sets as lists, so that two states compare by content; what a draft owns is no content. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [key, plain(item)]);
  if (value instanceof Set) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([key]) => key !== 'owned');
  return Object.fromEntries(fields.map(([key, item]) => [key, plain(item)]));
}
