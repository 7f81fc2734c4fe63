import { createHmac, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '../limits.js';
import { Problem } from './problem.js';

const MAC_BYTES = 16;

/**
 * Cursors of lists: opaque for clients, bound by HMAC to the organisation, the route and the filters that they were
 * given out for. A cursor that was tampered with, or is used elsewhere, is `InvalidCursor`.
 */
export class Cursors {
  readonly #secret: Buffer;

  /** Equal in all processes of a deployment: made from the administrator's key. */
  constructor(adminKey: string) {
    this.#secret = createHmac('sha256', adminKey).update('creditfold cursors v1').digest();
  }

  /** `position` is the read model's own mark of where the next page begins; `scope` is what the list is of. */
  seal(scope: CursorScope, position: string): string {
    const body = Buffer.from(JSON.stringify({ after: position }), 'utf8');
    return Buffer.concat([body, this.#mac(scope, body)]).toString('base64url');
  }

  /** @throws Problem InvalidCursor */
  open(scope: CursorScope, cursor: string): string {
    const bytes = cursor.length <= LIMITS.cursorCharsMax ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
    const body = bytes.subarray(0, Math.max(0, bytes.length - MAC_BYTES));
    const mac = bytes.subarray(body.length);
    const isOurs = mac.length === MAC_BYTES && timingSafeEqual(mac, this.#mac(scope, body));
    if (!isOurs || bytes.toString('base64url') !== cursor) {
      throw Problem.of('InvalidCursor', 'next is not a cursor of this list', {
        errors: [{ pointer: '/next', code: 'InvalidCursor', detail: 'next is not a cursor of this list' }],
      });
    }
    return (JSON.parse(body.toString('utf8')) as { after: string }).after;
  }

  #mac(scope: CursorScope, body: Buffer): Buffer {
    const mac = createHmac('sha256', this.#secret);
    mac.update(JSON.stringify([scope.route, scope.organisation, filtersText(scope.filters)]), 'utf8');
    mac.update(body);
    return mac.digest().subarray(0, MAC_BYTES);
  }
}

export interface CursorScope {
  readonly route: string;
  /** Empty for operator's lists. */
  readonly organisation: string;
  /** The request's other parameters, as they were written. */
  readonly filters: Readonly<Record<string, unknown>>;
}

/** Parameters that may differ from page to page. */
const FREE = new Set(['limit', 'next', 'minRevision']);

function filtersText(filters: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(filters).filter(([name]) => !FREE.has(name));
  return JSON.stringify(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
