/**
 * JSON text for plain values with bigint, Map and Set in them. Every array is written with a tag in front, so that no
 * value can be mistaken for another: `["a",…]` array, `["m",[k,v],…]` map, `["s",…]` set, `["n","12"]` bigint.
 */
export function writeTagged(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => tagged(part));
}

/** Marks arrays that are already in tagged form: `JSON.stringify` hands their elements to the replacer once more. */
class Tagged extends Array<unknown> {}

function tagged(part: unknown): unknown {
  if (part instanceof Tagged) return part;
  if (typeof part === 'bigint') return taggedItems('n', [part.toString()]);
  if (Array.isArray(part)) return taggedItems('a', part as unknown[]);
  if (part instanceof Map) return taggedItems('m', entriesOf(part));
  if (part instanceof Set) return taggedItems('s', part as Set<unknown>);
  if (typeof part === 'number' && !Number.isFinite(part)) throw new TypeError(`${part} has no JSON form`);
  return part;
}

function* entriesOf(map: ReadonlyMap<unknown, unknown>): Generator<Tagged> {
  for (const [key, value] of map) {
    const entry = new Tagged();
    entry.push(key, value);
    yield entry;
  }
}

/** One by one: a set of a million values does not fit into the arguments of one call. */
function taggedItems(tag: string, items: Iterable<unknown>): Tagged {
  const array = new Tagged();
  array.push(tag);
  for (const item of items) array.push(item);
  return array;
}

/** Reads what `writeTagged` wrote. @throws {SyntaxError} for any other text */
export function readTagged(text: string): unknown {
  return untagged(JSON.parse(text));
}

function untagged(part: unknown): unknown {
  if (Array.isArray(part)) return untaggedArray(part);
  if (part === null || typeof part !== 'object') return part;
  // Own properties whatever their names are, `__proto__` too.
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, untagged(item)]));
}

function untaggedArray(part: readonly unknown[]): unknown {
  const [tag, ...items] = part;
  if (tag === 'a') return items.map(untagged);
  if (tag === 's') return new Set(items.map(untagged));
  if (tag === 'm') return new Map(items.map(untaggedEntry));
  if (tag === 'n' && typeof items[0] === 'string') return BigInt(items[0]);
  throw new SyntaxError('An array without a known tag');
}

function untaggedEntry(item: unknown): [unknown, unknown] {
  if (!Array.isArray(item) || item.length !== 2) throw new SyntaxError('A map entry is a pair');
  return [untagged(item[0]), untagged(item[1])];
}
