import { jsonPointer } from '../json/json-pointer.js';
import type { FieldError } from '../usage-event/usage-event.js';

/** Collects faults with their pointers, up to a limit: one bad document must not answer with megabytes. */
export class ErrorList {
  readonly items: FieldError[] = [];
  private readonly errorsMax: number;

  constructor(errorsMax: number) {
    this.errorsMax = errorsMax;
  }

  add(path: readonly PropertyKey[], code: string, detail: string): void {
    if (this.items.length < this.errorsMax) this.items.push({ pointer: jsonPointer(path), code, detail });
  }
}
