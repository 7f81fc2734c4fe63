import { jsonPointer } from '@app/metering';

/** One fault of a request: where (`pointer` into the body, or `/name` of a parameter), what kind, and in words. */
export interface ProblemItem {
  readonly index?: number;
  readonly pointer?: string;
  readonly code: string;
  readonly detail: string;
}

/** Codes that the HTTP edge itself answers with, their status and title. The account's refusals are 409 with their own code. */
const PROBLEMS = {
  MalformedRequest: [400, 'Malformed request'],
  MalformedJson: [400, 'Malformed JSON'],
  InvalidParameter: [400, 'Invalid parameter'],
  InvalidCursor: [400, 'Invalid cursor'],
  IdempotencyKeyRequired: [400, 'Idempotency-Key required'],
  InvalidWebhookBody: [400, 'Invalid webhook'],
  Unauthenticated: [401, 'Authentication required'],
  InvalidSignature: [401, 'Invalid signature'],
  SignatureExpired: [401, 'Signature expired'],
  ScopeMissing: [403, 'Scope missing'],
  NotFound: [404, 'Not found'],
  RequestTimeout: [408, 'Request timeout'],
  VersionMismatch: [412, 'Version mismatch'],
  TooLarge: [413, 'Too large'],
  UnsupportedMediaType: [415, 'Unsupported media type'],
  InvalidBody: [422, 'Invalid body'],
  InvalidEvents: [422, 'Invalid usage events'],
  InvalidCatalog: [422, 'Invalid catalog'],
  IdempotencyKeyReused: [422, 'Idempotency-Key reused'],
  VersionRequired: [428, 'Version required'],
  TooManyRequests: [429, 'Too many requests'],
  InternalError: [500, 'Internal error'],
  FeedUnavailable: [503, 'Usage feed unavailable'],
  NotYetVisible: [503, 'Not yet visible'],
  UsageNotFolded: [503, 'Usage not folded'],
  AccountParked: [503, 'Account parked'],
  Unavailable: [503, 'Unavailable'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemExtras {
  readonly errors?: readonly ProblemItem[];
  /** Seconds for `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

/** What a client is told about a request that failed (RFC 9457). `message` is the detail: never SQL, stacks or host names. */
export class Problem extends Error {
  override readonly name = 'Problem';

  private constructor(
    readonly kind: ProblemKind,
    detail: string,
    readonly extras: ProblemExtras,
  ) {
    super(detail);
  }

  static of(code: ProblemCode, detail: string, extras: ProblemExtras = {}): Problem {
    const [status, title] = PROBLEMS[code];
    return new Problem({ code, status, title }, detail, extras);
  }

  /** A refusal by the account's state: 409 with the rejection's own code. */
  static refusal(code: string, detail: string): Problem {
    return new Problem({ code, status: 409, title: titleOf(code) }, detail, {});
  }

  /** The body of the answer; `requestId` ties a 5xx to the log. */
  toBody(requestId: string): Record<string, unknown> {
    const { code, status, title } = this.kind;
    return {
      type: `urn:creditfold:problem:${kebab(code)}`,
      title,
      status,
      code,
      detail: this.message,
      ...(this.extras.errors ? { errors: this.extras.errors } : {}),
      ...(status >= 500 ? { requestId } : {}),
    };
  }
}

/** One faulty query parameter, path parameter or header. */
export const invalidParameter = (parameter: string, detail: string, code = 'Invalid'): Problem =>
  Problem.of('InvalidParameter', detail, { errors: [{ pointer: jsonPointer([parameter]), code, detail }] });

const words = (code: string): string[] => code.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
const kebab = (code: string): string => words(code).join('-');

function titleOf(code: string): string {
  const text = words(code).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
