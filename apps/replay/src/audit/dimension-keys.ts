import type { DimensionTable } from '@app/metering';
import { LIMITS } from '../limits.js';

/** One of the named dimensions, and how many places its values take: one of each, and one for having none. */
interface Named {
  readonly text: string;
  readonly values: readonly string[];
  readonly places: number;
}

/**
 * A small number for each combination of an event's dimensions: equal where the named dimensions have equal values. Its
 * room is used again for the next event.
 */
export class DimensionKeys {
  #keys = new Int32Array(64);
  #named: Named[] = [];
  #table: DimensionTable | undefined;
  #names: readonly string[] = [];
  #isSet = false;

  /** False where there would be too many keys, or a combination names a dimension twice. */
  setTo(table: DimensionTable, names: readonly string[]): boolean {
    if (table === this.#table && names === this.#names) return this.#isSet;
    this.#table = table;
    this.#names = names;
    this.#isSet = this.#add(table, names);
    return this.#isSet;
  }

  /** By index of the combination. */
  at(combination: number): number {
    return this.#keys[combination] ?? 0;
  }

  /** What the named dimensions are where the key is this one. */
  valuesOf(key: number): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    let rest = key;
    for (const { text, values, places } of this.#named.toReversed()) {
      const value = values[(rest % places) - 1];
      if (value !== undefined) found.set(text, value);
      rest = Math.floor(rest / places);
    }
    return found;
  }

  #add(table: DimensionTable, names: readonly string[]): boolean {
    const { length } = table.nameListNumbers;
    if (length > this.#keys.length) this.#keys = new Int32Array(2 * length);
    this.#keys.fill(0, 0, length);
    this.#named = [];
    let end = 1;
    for (const text of names) {
      const name = table.names.texts.indexOf(text);
      const values = table.byName[name]?.values.texts;
      if (values === undefined) continue;
      const places = values.length + 1;
      end *= places;
      if (end > LIMITS.dimensionKeysMax || name !== table.names.texts.lastIndexOf(text)) return false;
      if (!this.#addPlaces(table, name, places)) return false;
      this.#named.push({ text, values, places });
    }
    return true;
  }

  /** Moves the keys on by the places of one name's values. False where a combination has several. */
  #addPlaces({ nameLists, nameListNumbers, byName }: DimensionTable, name: number, places: number): boolean {
    const times = nameLists.lists.map((list) => list.filter((listed) => listed === name).length);
    if (times.some((count) => count > 1)) return false;
    const numbers = byName[name]?.numbers ?? [];
    let next = 0;
    for (let combination = 0; combination < nameListNumbers.length; combination += 1) {
      const place = times[nameListNumbers[combination] ?? 0] === 1 ? 1 + (numbers[next++] ?? 0) : 0;
      this.#keys[combination] = (this.#keys[combination] ?? 0) * places + place;
    }
    return true;
  }
}
