/**
 * Arrays as parameters in Postgres' binary form (`array_recv`), an element a row: what rows are written with. As text,
 * every element would be quoted and joined here, and taken apart and parsed there.
 */
const OIDS = { bytea: 17, int8: 20, int4: 23, text: 25, timestamptz: 1184, numeric: 1700 };
const HEADER_BYTES = 20;
const NULL = -1;
const TWO_TO_32 = 2 ** 32;
/** Of timestamps in the database: 2000-01-01. */
const EPOCH_MS = 946_684_800_000;
/** Of a numeric's digits. */
const BASE = 10_000;
const NEGATIVE = 0x4000;

/** `of` says a row's value; null is one, too. */
type ValueOf<Row, Value> = (row: Row) => Value | null;

export const int4Array = <Row>(rows: readonly Row[], of: ValueOf<Row, number>): Buffer =>
  arrayOf('int4', rows, (row) => {
    const value = of(row);
    if (value === null) return writer.int32(NULL);
    writer.int32(4);
    writer.int32(value);
  });

/** @param of numbers are safe integers */
export const int8Array = <Row>(rows: readonly Row[], of: ValueOf<Row, bigint | number>): Buffer =>
  arrayOf('int8', rows, (row) => {
    const value = of(row);
    if (value === null) return writer.int32(NULL);
    writer.int32(8);
    writer.int64(value);
  });

export const textArray = <Row>(rows: readonly Row[], of: ValueOf<Row, string>): Buffer =>
  arrayOf('text', rows, (row) => {
    const value = of(row);
    if (value === null) writer.int32(NULL);
    else writer.text(value);
  });

export const byteaArray = <Row>(rows: readonly Row[], of: ValueOf<Row, Uint8Array>): Buffer =>
  arrayOf('bytea', rows, (row) => {
    const value = of(row);
    if (value === null) writer.int32(NULL);
    else writer.bytes(value);
  });

export const timestampArray = <Row>(rows: readonly Row[], of: (row: Row) => Date): Buffer =>
  arrayOf('timestamptz', rows, (row) => {
    writer.int32(8);
    writer.int64((of(row).getTime() - EPOCH_MS) * 1_000);
  });

/** Whole numbers of any size. */
export const numericArray = <Row>(rows: readonly Row[], of: (row: Row) => bigint): Buffer =>
  arrayOf('numeric', rows, (row) => writer.numeric(of(row)));

/** Bytes that grow as they are written. */
class ArrayWriter {
  #bytes = Buffer.allocUnsafe(65_536);
  #length = 0;

  begin(oid: number, elements: number): void {
    this.#length = 0;
    const [dimensions, mayHaveNulls, firstIndex] = [elements === 0 ? 0 : 1, 1, 1];
    for (const field of [dimensions, mayHaveNulls, oid, elements, firstIndex]) this.int32(field);
    // An empty array has no dimension to tell of.
    if (elements === 0) this.#length = HEADER_BYTES - 8;
  }

  take(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(value, this.#length);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  int64(value: bigint | number): void {
    this.#reserve(8);
    if (typeof value === 'bigint') this.#length = this.#bytes.writeBigInt64BE(value, this.#length);
    else {
      const high = Math.floor(value / TWO_TO_32);
      this.#length = this.#bytes.writeInt32BE(high, this.#length);
      this.#length = this.#bytes.writeUInt32BE(value - high * TWO_TO_32, this.#length);
    }
  }

  text(value: string): void {
    // No character takes more than three bytes for each of its code units.
    this.#reserve(4 + value.length * 3);
    const size = this.#bytes.write(value, this.#length + 4, 'utf8');
    this.#bytes.writeInt32BE(size, this.#length);
    this.#length += 4 + size;
  }

  bytes(value: Uint8Array): void {
    this.int32(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Digits to the base of 10,000, the highest first (`numeric_recv`). */
  numeric(value: bigint): void {
    const digits = digitsOf(value < 0n ? -value : value);
    this.int32(8 + digits.length * 2);
    for (const field of [digits.length, digits.length - 1, value < 0n ? NEGATIVE : 0, 0]) this.int16(field);
    for (let at = digits.length - 1; at >= 0; at -= 1) this.int16(digits[at] ?? 0);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

// Writing never waits, so one buffer serves all arrays.
const writer = new ArrayWriter();

function arrayOf<Row>(type: keyof typeof OIDS, rows: readonly Row[], write: (row: Row) => void): Buffer {
  writer.begin(OIDS[type], rows.length);
  for (const row of rows) write(row);
  return writer.take();
}

/** The lowest first; none for 0. */
function digitsOf(magnitude: bigint): number[] {
  const digits: number[] = [];
  let left = magnitude;
  for (; left > Number.MAX_SAFE_INTEGER; left /= BigInt(BASE)) digits.push(Number(left % BigInt(BASE)));
  for (let small = Number(left); small > 0; small = Math.floor(small / BASE)) digits.push(small % BASE);
  return digits;
}
