/** An array's first item says what it stands for: one of these, or names of properties (their number, from here on). */
const [ARRAY, MAP, SET, UNDEFINED, NAMED, SHAPES] = [0, 1, 2, 3, 4, 5] as const;
/** Text with this in front stands for a number, or for text that begins so itself. */
const MARK = '~';
/** States have a few dozen shapes; the names of what comes after so many are written in full. */
const SHAPES_MAX = 1_000;

type Packed = string | number | boolean | null | readonly Packed[];
/** Names of an object's properties, in their order. */
type Shape = readonly string[];

/**
 * Plain values as short text that the same instance reads: the names of properties are kept once for all objects that
 * have the same ones. Gives back bigint, Map, Set, undefined and every number exactly, all in their order.
 */
export class CompactText {
  readonly #shapes: Shape[] = [];
  readonly #numbers = new Map<string, number>();

  /** @throws {TypeError} for what is no plain value */
  write(value: unknown): string {
    return JSON.stringify(this.#pack(value));
  }

  read(text: string): unknown {
    return this.#unpack(JSON.parse(text) as Packed);
  }

  readonly #pack = (value: unknown): Packed => {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return value.startsWith(MARK) ? `${MARK}${value}` : value;
    if (typeof value === 'bigint') return `${MARK}${value}`;
    if (typeof value === 'number') return packNumber(value);
    if (value === undefined) return [UNDEFINED];
    if (typeof value === 'object') return this.#packObject(value);
    throw new TypeError(`A ${typeof value} has no compact form`);
  };

  #packObject(value: object): Packed {
    if (Array.isArray(value)) return this.#packItems([ARRAY], value);
    if (value instanceof Set) return this.#packItems([SET], value);
    if (value instanceof Map) return this.#packMap(value);
    const names = Object.keys(value);
    const number = this.#numberOf(names);
    return this.#packItems(number < 0 ? [NAMED, names] : [SHAPES + number], Object.values(value));
  }

  #packItems(items: Packed[], values: Iterable<unknown>): Packed {
    for (const value of values) items.push(this.#pack(value));
    return items;
  }

  #packMap(map: ReadonlyMap<unknown, unknown>): Packed {
    const items: Packed[] = [MAP];
    for (const [key, value] of map) items.push(this.#pack(key), this.#pack(value));
    return items;
  }

  /** -1 where the names are to be written in full: `__proto__` cannot be set as others can. */
  #numberOf(names: Shape): number {
    const key = JSON.stringify(names);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#shapes.length === SHAPES_MAX || names.includes('__proto__')) return -1;
    this.#numbers.set(key, this.#shapes.length);
    return this.#shapes.push(names) - 1;
  }

  readonly #unpack = (packed: Packed): unknown => {
    if (typeof packed === 'string') return packed.startsWith(MARK) ? unmark(packed) : packed;
    if (packed === null || typeof packed !== 'object') return packed;
    const head = packed[0] as number;
    switch (head) {
      case ARRAY:
        return packed.slice(1).map(this.#unpack);
      case SET:
        return new Set(packed.slice(1).map(this.#unpack));
      case MAP:
        return this.#unpackMap(packed);
      case UNDEFINED:
        return undefined;
      case NAMED:
        return this.#unpackNamed(packed[1] as Shape, packed.slice(2));
      default:
        return this.#unpackShaped(this.#shapes[head - SHAPES] as Shape, packed);
    }
  };

  #unpackMap(items: readonly Packed[]): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    for (let at = 1; at < items.length; at += 2)
      map.set(this.#unpack(items[at] as Packed), this.#unpack(items[at + 1] as Packed));
    return map;
  }

  #unpackShaped(names: Shape, items: readonly Packed[]): object {
    const value: Record<string, unknown> = {};
    let at = 0;
    for (const name of names) value[name] = this.#unpack(items[(at += 1)] as Packed);
    return value;
  }

  #unpackNamed(names: Shape, items: readonly Packed[]): object {
    return Object.fromEntries(names.map((name, index) => [name, this.#unpack(items[index] as Packed)]));
  }
}

/** JSON has no form of its own for these. */
function packNumber(value: number): Packed {
  if (Object.is(value, -0)) return `${MARK}n-0`;
  return Number.isFinite(value) ? value : `${MARK}n${value}`;
}

function unmark(text: string): string | number | bigint {
  if (text[1] === MARK) return text.slice(1);
  return text[1] === 'n' ? Number(text.slice(2)) : BigInt(text.slice(1));
}
