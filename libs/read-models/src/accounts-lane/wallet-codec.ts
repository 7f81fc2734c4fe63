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
  if (Array.isArray(value)) return tagged('a', value.map(write));
  if (value instanceof Map)
    return tagged(
      'm',
      Array.from(value, ([key, item]) => `[${write(key)},${write(item)}]`),
    );
  if (value instanceof Set) return tagged('s', Array.from(value, write));
  let text = '';
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${write(item)}`;
  }
  return `{${text}}`;
}

const tagged = (tag: string, items: readonly string[]): string => `[${[`"${tag}"`, ...items].join(',')}]`;

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
