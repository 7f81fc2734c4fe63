import type { FieldError } from '../usage-event/usage-event.js';

/** Collects faults with their pointers, up to a limit: one bad document must not answer with megabytes. */
export class ErrorList {
  readonly items: FieldError[] = [];
  private readonly errorsMax: number;

  constructor(errorsMax: number) {
    this.errorsMax = errorsMax;
  }

  add(path: readonly PropertyKey[], code: string, detail: string): void {
    if (this.items.length < this.errorsMax) this.items.push({ pointer: pointerOf(path), code, detail });
  }
}

/** The JSON pointer (RFC 6901) of a path. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
