import { initialState, type Wallet } from '@app/metering';
import { CorruptReadModel } from '../errors.js';

/**
 * A wallet as JSON text in which every array is tagged (`["a",…]` array, `["m",[k,v],…]` map, `["s",…]` set,
 * `["n","12"]` bigint), so that amounts stay exact. Equal wallets that were folded alike give equal text.
 */
export function writeWallet(wallet: Wallet): string {
  return write(wallet);
}

/** @throws {CorruptReadModel} for a text that `writeWallet` did not make */
export function readWallet(text: string): Wallet {
  let value: unknown;
  try {
    value = read(JSON.parse(text));
  } catch (error) {
    throw new CorruptReadModel('a stored wallet cannot be read', { cause: error });
  }
  if (typeof value !== 'object' || value === null || !('pools' in value) || !('cycles' in value))
    throw new CorruptReadModel('a stored wallet has no pools');
  // Fields that were added to wallets later have their initial values.
  return { ...initialState('').wallet, ...(value as Wallet) };
}

function write(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `["n","${value}"]`;
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : writeObject(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new TypeError(`a wallet holds a ${typeof value}`);
  }
}

function writeObject(value: object): string {
  if (Array.isArray(value)) return `["a"${itemsOf(value)}]`;
  if (value instanceof Map) return `["m"${pairsOf(value)}]`;
  if (value instanceof Set) return `["s"${itemsOf(value)}]`;
  let text = '{';
  const record = value as Readonly<Record<string, unknown>>;
  // Wallets are plain objects: all that is enumerable is their own.
  for (const key in record) {
    const item = record[key];
    if (item !== undefined) text += (text === '{' ? '' : ',') + keyText(key) + write(item);
  }
  return `${text}}`;
}

function itemsOf(items: Iterable<unknown>): string {
  let text = '';
  for (const item of items) text += `,${write(item)}`;
  return text;
}

function pairsOf(map: ReadonlyMap<unknown, unknown>): string {
  let text = '';
  for (const [key, item] of map) text += `,[${write(key)},${write(item)}]`;
  return text;
}

// Keys are the names of fields, a few dozen.
const keyTexts = new Map<string, string>();

function keyText(key: string): string {
  let text = keyTexts.get(key);
  if (text === undefined) keyTexts.set(key, (text = `${JSON.stringify(key)}:`));
  return text;
}

function read(part: unknown): unknown {
  if (Array.isArray(part)) return readTagged(part);
  if (part === null || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, read(item)]));
}

function readTagged([tag, ...items]: readonly unknown[]): unknown {
  switch (tag) {
    case 'a':
      return items.map(read);
    case 's':
      return new Set(items.map(read));
    case 'm':
      return new Map(items.map((item) => (Array.isArray(item) ? [read(item[0]), read(item[1])] : [item, item])));
    case 'n':
      if (typeof items[0] === 'string') return BigInt(items[0]);
  }
  throw new SyntaxError('an array without a known tag');
}
