import { AmountColumn, isSmall } from './amount-column.js';
import { GatheredNumbers } from './gathered-numbers.js';

/** An `AmountColumn` while it is gathered: as numbers while every value is small. */
export class GatheredAmounts {
  readonly #small = new GatheredNumbers();
  /** All values, from the first on that is not small. */
  #wide: AmountColumn | undefined;

  /** An integer that is exact as a number. */
  pushNumber(value: number): void {
    if (this.#wide === undefined && isSmall(value)) this.#small.push(value);
    else this.#widened().pushNumber(value);
  }

  push(value: bigint): void {
    // Rounding brings no larger value into the range, so that comparing numbers is enough.
    if (this.#wide === undefined && isSmall(Number(value))) this.#small.push(Number(value));
    else this.#widened().push(value);
  }

  /** Adds an integer that is exact as a number to one of the values. */
  addNumber(index: number, value: number): void {
    if (this.#wide === undefined && isSmall(value) && isSmall(this.#small.at(index) + value))
      this.#small.add(index, value);
    else this.#widened().addNumber(index, value);
  }

  add(index: number, value: bigint): void {
    if (isSmall(Number(value))) this.addNumber(index, Number(value));
    else this.#widened().add(index, value);
  }

  /** The values, and none are left. */
  take(): AmountColumn {
    const taken = this.#wide ?? AmountColumn.ofNumbers(this.#small.take());
    this.#wide = undefined;
    return taken;
  }

  #widened(): AmountColumn {
    return (this.#wide ??= AmountColumn.ofNumbers(this.#small.take()));
  }
}
