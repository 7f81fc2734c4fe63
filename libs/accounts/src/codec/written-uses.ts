import type { RateUse } from '@app/metering';
import { ByteWriter } from './byte-writer.js';
import type { TextTable } from './text-table.js';

/** Lists of uses as they were written, and the texts that they name, which stand first in their event's table. */
interface WrittenUses {
  readonly uses: readonly RateUse[];
  readonly texts: readonly string[];
  readonly bytes: Uint8Array;
}

/** Accounts of one plan use few lists of rates. */
const KEPT_MAX = 8;
/** Longer lists belong to large appends, of which they are a small part. */
const USES_MAX = 16;

/** The lists of uses written last: small appends of one plan differ in their usage, and name the same rates. */
export class UsesMemory {
  readonly #kept: WrittenUses[] = [];
  readonly #scratch = new ByteWriter(1_024);
  #oldest = 0;

  /** As `write` does, which is asked for a list that is not remembered. No text is in the table yet. */
  put(
    writer: ByteWriter,
    texts: TextTable,
    uses: readonly RateUse[],
    write: (writer: ByteWriter, uses: readonly RateUse[], texts: TextTable) => void,
  ): void {
    if (uses.length > USES_MAX) return write(writer, uses, texts);
    let written = this.#kept.find((kept) => isSame(kept.uses, uses));
    if (written === undefined) {
      this.#scratch.reset();
      write(this.#scratch, uses, texts);
      written = { uses: [...uses], texts: texts.all, bytes: Uint8Array.from(this.#scratch.view()) };
      this.#kept[this.#oldest] = written;
      this.#oldest = (this.#oldest + 1) % KEPT_MAX;
    } else for (const text of written.texts) texts.numberOf(text);
    writer.raw(written.bytes);
  }
}

/** The same objects in the same order: what uses say is made once for each rate, and never changed. */
function isSame(one: readonly RateUse[], other: readonly RateUse[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}
